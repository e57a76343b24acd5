import { test } from 'tap';
import type { OutgoingMessage } from '../../../../engine/protocol/wire.ts';
import { Greeting } from '../../../../engine/swarm/greeting.ts';

const open = (topic: number): OutgoingMessage => ({ type: 'topic-open', topic, version: 1, swarmId: new Uint8Array(32) });

function greeting(speaksFirst: boolean): { readonly greeting: Greeting; readonly sent: string[] } {
  const sent: string[] = [];
  return { greeting: new Greeting((message) => sent.push(message.type), { speaksFirst }), sent };
}

test('the offerer says hello at once, and what it sends after it', async (t) => {
  const { greeting: offerer, sent } = greeting(true);
  offerer.start();
  offerer.send(open(0));
  t.strictSame(sent, ['hello', 'topic-open']);
});

test('the answerer keeps all it says until it has heard hello, and then says it in order, hello first', async (t) => {
  const { greeting: answerer, sent } = greeting(false);
  answerer.start();
  answerer.send(open(0));
  answerer.send({ type: 'topic-close', topic: 0 });
  t.strictSame(sent, []);
  t.equal(answerer.hear(1), true);
  answerer.send(open(1));
  t.strictSame(sent, ['hello', 'topic-open', 'topic-close', 'topic-open']);
  t.equal(answerer.isHeard, true);
});

test('the offerer that hears hello says no second one', async (t) => {
  const { greeting: offerer, sent } = greeting(true);
  offerer.start();
  offerer.hear(1);
  t.strictSame(sent, ['hello']);
});

test('a goodbye is said whether there was a hello or not', async (t) => {
  const { greeting: answerer, sent } = greeting(false);
  answerer.start();
  answerer.send({ type: 'goodbye', code: 'shutting-down', reason: '' });
  t.strictSame(sent, ['goodbye']);
});

test('a hello of another version is told apart, and answered with none', async (t) => {
  const { greeting: answerer, sent } = greeting(false);
  answerer.start();
  t.equal(answerer.hear(2), false);
  t.equal(answerer.isHeard, false);
  t.strictSame(sent, []);
});

test('a second hello is refused', async (t) => {
  const { greeting: offerer } = greeting(true);
  offerer.start();
  offerer.hear(1);
  t.throws(() => offerer.hear(1), { code: 'bad-message' });
});
