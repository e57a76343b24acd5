/** A browser and a node of which only one UDP port is published, as with a container. */
import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import { openVideo, pressDownload, savedSha256, sha256, shownBytes, untilSentence } from '../fixtures/browser-switch.ts';
import { putVideo } from '../fixtures/library.ts';
import { freeUdpPort, startUdpNat } from '../fixtures/udp-nat.ts';

test('a browser gets a video from the seeder through the published port alone', async (t) => {
  const udpPort = await freeUdpPort();
  const nat = await startUdpNat(t, udpPort);
  const appliance = await startAppliance(t, { cdnMaxStreams: 0, seeder: true, seederMaxMbps: 0, udpPort, announce: [`127.0.0.1:${nat.port}`] });
  const { contentId, bytes } = await putVideo(appliance, 'Holiday.mp4', randomBytes(3_000_000));
  const { page } = await launchProfile(t);
  await page.addInitScript(() => {
    // Tells nobody where it is, so that it must go to the node, and the node cannot come to it.
    const listen = RTCPeerConnection.prototype.addEventListener;
    RTCPeerConnection.prototype.addEventListener = function (this: RTCPeerConnection, name: string, ...rest: unknown[]) {
      if (name !== 'icecandidate') Reflect.apply(listen, this, [name, ...rest]);
    };
  });
  await openVideo(page, appliance.url, contentId);
  t.equal(await savedSha256(await pressDownload(page)), sha256(bytes));
  await untilSentence(page, 'every piece is verified');
  t.match(await shownBytes(page), { cdn: 0, peer: 0, seeder: bytes.length });
  t.ok(nat.bytesOut > bytes.length, 'every byte went through it');
});
