import { test } from 'tap';
import { systemClock } from '../../engine/platform/clock.ts';
import { CdnSource } from '../../engine/source/cdn-source.ts';
import { PeerSource } from '../../engine/source/peer-source.ts';
import { VerifiedSource } from '../../engine/source/verified-source.ts';
import { startCdnServer } from '../fixtures/cdn-server.ts';
import { MemoryPeer } from '../fixtures/memory-swarm.ts';
import { sampleContent } from '../fixtures/sample-content.ts';
import { type MakeSourceBench, testSource } from '../fixtures/source-suite.ts';

const content = sampleContent(5 * 256 * 1024 + 100);

const cdnBench: MakeSourceBench = async (t, { manifest }) => {
  const cdn = await startCdnServer(t, content);
  const source = new CdnSource({ fetch, clock: systemClock }, { base: cdn.url, manifest, stallMs: 200 });
  return {
    source: new VerifiedSource(source, manifest), goneCode: 'cdn-down', noticesStalls: true,
    lie: () => { cdn.spoil = (chunk) => new Uint8Array(chunk.length); },
    stall: () => { cdn.fault = () => 'stall'; },
    vanish: () => cdn.stop(),
  };
};

const peerBench: MakeSourceBench = async (t, { manifest, piece }) => {
  let lies = false;
  const peer = new MemoryPeer({
    manifest, onBanned: () => undefined,
    pieceOf: async (index) => piece(index),
  }, { peerId: 'peer', spoil: (bytes) => (lies ? new Uint8Array(bytes.length) : bytes) });
  t.teardown(() => peer.close());
  return {
    source: new VerifiedSource(new PeerSource(peer), manifest), goneCode: 'peer-gone', noticesStalls: false,
    lie: () => { lies = true; },
    stall: () => peer.stall(),
    vanish: async () => peer.close(),
  };
};

test('an appliance over HTTP', (t) => testSource(t, content, cdnBench));
test('a peer', (t) => testSource(t, content, peerBench));
