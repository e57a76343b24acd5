import { test } from 'tap';
import { Notifier } from '../../../../engine/download/notifier.ts';
import { VirtualClock } from '../../../fixtures/virtual-clock.ts';

const start = () => {
  const clock = new VirtualClock();
  let value = 0;
  const notifier = new Notifier({ clock, read: () => value });
  const told: number[] = [];
  const unsubscribe = notifier.subscribe((next) => told.push(next));
  const change = (): void => {
    value += 1;
    notifier.changed();
  };
  return { clock, notifier, told, unsubscribe, change };
};

test('many changes within 100 ms are told once, with the last value', (t) => {
  const { clock, told, change } = start();
  for (let turn = 0; turn < 50; turn += 1) change();
  t.same(told, []);
  clock.advance(100);
  t.same(told, [50]);
  t.end();
});

test('what matters is told at once, and not again by the timer', (t) => {
  const { clock, notifier, told, change } = start();
  change();
  notifier.tell();
  clock.advance(1_000);
  t.same(told, [1]);
  t.end();
});

test('while nothing changes, and while nobody listens, no timer runs', (t) => {
  const { clock, told, unsubscribe, change } = start();
  t.equal(clock.pending, 0);
  unsubscribe();
  change();
  t.equal(clock.pending, 0);
  clock.advance(1_000);
  t.same(told, []);
  t.end();
});
