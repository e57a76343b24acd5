import { test } from 'tap';
import { Patience } from '../../../../engine/download/patience.ts';
import { VirtualClock } from '../../../fixtures/virtual-clock.ts';

const start = (limitMs: number) => {
  const clock = new VirtualClock();
  const state = { waiting: true, outs: 0 };
  const patience = new Patience({ clock, host: { isWaiting: () => state.waiting, onOut: () => { state.outs += 1; } } }, { limitMs });
  patience.start();
  return { clock, state, patience };
};

test('runs out once when nothing comes', (t) => {
  const { clock, state } = start(1_000);
  clock.advance(999);
  t.equal(state.outs, 0);
  clock.advance(5_000);
  t.equal(state.outs, 1);
  t.end();
});

test('each byte gives it the whole limit again', (t) => {
  const { clock, state, patience } = start(1_000);
  for (let turn = 0; turn < 20; turn += 1) {
    clock.advance(900);
    patience.renew();
  }
  t.equal(state.outs, 0);
  clock.advance(1_000);
  t.equal(state.outs, 1);
  t.end();
});

test('does not run while nobody waits, nor with a limit of 0', (t) => {
  const idle = start(1_000);
  idle.state.waiting = false;
  idle.clock.advance(60_000);
  t.equal(idle.state.outs, 0);
  const endless = start(0);
  endless.clock.advance(1e9);
  t.equal(endless.state.outs, 0);
  t.equal(endless.clock.pending, 0);
  t.end();
});
