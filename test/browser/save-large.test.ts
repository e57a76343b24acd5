/** Saving a file far larger than a page should hold in memory, on plain http; scripts/save-large.ts does it with gigabytes. */
import { test } from 'tap';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import { plainOrigin, unexpected } from '../fixtures/browser-switch.ts';
import { saveLarge } from '../fixtures/large-save.ts';

test('saves 200 MB on plain http by address, byte for byte', async (t) => {
  const { url, adminToken } = await startAppliance(t, { host: '0.0.0.0' });
  const plain = plainOrigin(url);
  const profile = await launchProfile(t, { args: plain.args });
  const saved = await saveLarge(profile, { uploadTo: url, url: plain.url, adminToken }, { sizeBytes: 200_000_001 });
  t.equal(saved.sha256After, saved.sha256Before);
  t.comment(`peak memory: ${JSON.stringify(saved.peaks)}`);
  t.same(unexpected(profile.errors), []);
});
