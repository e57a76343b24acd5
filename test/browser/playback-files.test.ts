/** Every container and codec that the browser can play, on `http://localhost`; and those that it cannot. */
import { readFile } from 'node:fs/promises';
import { test } from 'tap';
import { putVideo, startAppliance } from '../fixtures/appliance.ts';
import { MEDIA_FILES } from '../fixtures/media-files.ts';
import { playbackTab } from '../fixtures/playback-bench.ts';
import { playsTheTable } from '../fixtures/playback-table.ts';

test('every playable file plays to its end on http://localhost', (t) => playsTheTable(t, 'localhost'));

test('says what is wrong with a file that no browser plays, and takes nothing', async (t) => {
  const appliance = await startAppliance(t);
  const tab = await playbackTab(t, appliance.url);
  for (const file of MEDIA_FILES.filter(({ plays }) => plays === 'no')) {
    const { contentId } = await putVideo(appliance, file.fileName, await readFile(await file.file()));
    await t.rejects(tab.open({ contentId }), { message: /MediaError/ }, file.name);
    t.equal((await tab.call('state')).readyState, 0, 'the video is as it was');
    await tab.call('close');
  }
});
