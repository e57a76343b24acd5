/** Sessions and the seeder's proof. */
import { test } from 'tap';

import { Sessions } from '../../../../server/signalling/sessions.ts';

test('a session gives its peer id back, and only to the secret that signed it', async (t) => {
  const sessions = new Sessions({ secret: 'one', seederProof: 'p' });
  const { peerId, session } = sessions.open();
  t.match(peerId, /^[\w-]{22}$/);
  t.same(sessions.open(session), { peerId, session });
  t.not(new Sessions({ secret: 'two', seederProof: 'p' }).open(session).peerId, peerId);
  t.not(sessions.open().peerId, peerId);
  const other = sessions.open();
  t.not(sessions.open(peerId + other.session.slice(22)).peerId, peerId);
  t.not(sessions.open(`${session} `).peerId, peerId);
});

test('an appliance without a seeder has no proof that holds', async (t) => {
  t.ok(new Sessions({ secret: 's', seederProof: 'p' }).provesSeeder('p'));
  t.notOk(new Sessions({ secret: 's', seederProof: 'p' }).provesSeeder(''));
  t.notOk(new Sessions({ secret: 's', seederProof: '' }).provesSeeder(''));
});
