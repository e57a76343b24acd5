import { test } from 'tap';
import { boundMs, simulate, type SimulationOptions } from '../../../fixtures/simulated-swarm.ts';

const base: SimulationOptions = {
  clients: 16, pieceCount: 256, pieceLengthBytes: 256 * 1024, cdnSlots: 1, cdnBytesPerMs: 2_500, uploadBytesPerMs: 1_250,
  latencyMs: 10, policy: 'cdn-first', seed: 1,
};

/** Ceilings with room above what was found (1.2, 2.3 and 1.2 times the bound), so that a schedule that got worse is noticed. */
const ceilings = { 'cdn-first': 1.3, 'swarm-first': 2.8, both: 1.3 } as const;

for (const policy of ['cdn-first', 'swarm-first', 'both'] as const) {
  test(`${policy}: a flash crowd before one slot all have it soon, and hardly a byte is sent in vain`, (t) => {
    const options = { ...base, policy };
    const { lastAtMs, cdnBytes, peerBytes, wastedBytes } = simulate(options);
    const fileBytes = options.pieceCount * options.pieceLengthBytes;
    const timeRatio = lastAtMs / boundMs(options);
    t.comment(`${timeRatio.toFixed(2)} x the bound, ${(cdnBytes / fileBytes).toFixed(2)} copies from the CDN, ${(wastedBytes / fileBytes).toFixed(3)} in vain`);
    t.ok(cdnBytes + peerBytes >= options.clients * fileBytes);
    t.ok(timeRatio < ceilings[policy], `${timeRatio}`);
    t.ok(cdnBytes < 4 * fileBytes, 'without a swarm it would send 16 copies');
    t.ok(wastedBytes < 0.05 * options.clients * fileBytes, `${wastedBytes / fileBytes}`);
    t.end();
  });
}

test('the same seed gives the same history', (t) => {
  t.same(simulate({ ...base, clients: 6, pieceCount: 64 }), simulate({ ...base, clients: 6, pieceCount: 64 }));
  t.end();
});
