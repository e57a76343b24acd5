import { Type } from 'typebox';
import Fastify from 'fastify';
import { test } from 'tap';
import { onFirstCall, schemaCompilers } from '../../../../server/plugins/schema-compilers.ts';

test('makes a function when it is first called, and once', async (t) => {
  let made = 0;
  const plus = onFirstCall(() => {
    made += 1;
    return (one: number, other: number) => one + other;
  });
  t.equal(made, 0);
  t.equal(plus(1, 2), 3);
  t.equal(plus(3, 4), 7);
  t.equal(made, 1);
});

test('checks requests and writes answers by their schemas', async (t) => {
  const app = Fastify({ schemaController: { compilersFactory: schemaCompilers } });
  t.teardown(() => app.close());
  app.get('/half', {
    schema: { querystring: Type.Object({ of: Type.Integer({ minimum: 0 }) }), response: { 200: Type.Object({ half: Type.Number() }) } },
  }, async ({ query }) => ({ half: (query as { readonly of: number }).of / 2, untold: true }));
  t.same((await app.inject('/half?of=6')).json(), { half: 3 }, 'a number is read, and nothing is told that the schema does not name');
  t.equal((await app.inject('/half?of=-6')).statusCode, 400);
  t.equal((await app.inject('/half?of=six')).statusCode, 400);
});
