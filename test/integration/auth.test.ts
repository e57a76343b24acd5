import { test } from 'tap';
import { startAppliance, type RunningAppliance } from '../fixtures/appliance.ts';
import { fetchWhole, type WholeAnswer } from '../fixtures/http.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
/** A change that needs rights and would answer 404 once they are there. */
const NOBODY = `/api/videos/${'0'.repeat(64)}`;

async function signIn({ url }: RunningAppliance, token: string): Promise<WholeAnswer> {
  return fetchWhole(`${url}/api/session`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ token }) });
}

async function cookieOf(node: RunningAppliance): Promise<string> {
  const [cookie = ''] = (await signIn(node, node.adminToken)).headers['set-cookie'] ?? [];
  return cookie;
}

async function change({ url }: RunningAppliance, headers: Record<string, string>): Promise<number> {
  return (await fetchWhole(url + NOBODY, { method: 'DELETE', headers })).status;
}

test('the token permits changes, and nothing else does', async (t) => {
  const node = await startAppliance(t);
  t.equal(await change(node, { authorization: `Bearer ${node.adminToken}` }), 404);
  t.equal(await change(node, { authorization: `bearer ${node.adminToken}` }), 404, 'schemes have no case (RFC 9110)');
  for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${node.adminToken}`, node.adminToken]) {
    t.equal(await change(node, { authorization }), 401, authorization);
  }
  const refused = await fetchWhole(node.url + NOBODY, { method: 'DELETE' });
  t.match(refused.headers, { 'www-authenticate': /^Bearer/, 'content-type': /^application\/problem\+json/ });
  t.match(JSON.parse(refused.text), { type: '/problems/unauthorized', status: 401 });
  t.equal((await fetchWhole(`${node.url}${NOBODY}?token=${node.adminToken}`, { method: 'DELETE' })).status, 401, 'never in a URL');
});

test('the session cookie does not hold the token, and scripts and other sites do not get it', async (t) => {
  const node = await startAppliance(t);
  const cookie = await cookieOf(node);
  t.match(cookie, /^switch_session=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
  t.notMatch(cookie, node.adminToken);
});

test('the session permits changes from the page\'s own origin only', async (t) => {
  const node = await startAppliance(t);
  const cookie = (await cookieOf(node)).split(';')[0] ?? '';
  t.equal(await change(node, { cookie, origin: node.url }), 404);
  t.equal(await change(node, { cookie, 'sec-fetch-site': 'same-origin' }), 404);
  for (const origin of ['http://evil.example', 'null', node.url.replace(/\d+$/, '1'), `${node.url}.evil.example`]) {
    t.equal(await change(node, { cookie, origin }), 403, origin);
  }
  t.equal(await change(node, { cookie, 'sec-fetch-site': 'cross-site' }), 403);
  t.equal(await change(node, { cookie }), 403, 'nothing shows where it comes from');
  t.equal(await change(node, { cookie: `${cookie}x`, origin: node.url }), 401, 'a forged session');
});

test('signing in, being signed in, signing out', async (t) => {
  const node = await startAppliance(t);
  const signedIn = async (cookie: string) => JSON.parse((await fetchWhole(`${node.url}/api/session`, { headers: { cookie } })).text);
  t.same(await signedIn(''), { signedIn: false });
  const wrong = await signIn(node, 'wrong');
  t.equal(wrong.status, 401);
  t.equal(wrong.headers['set-cookie'], undefined);
  const cookie = (await cookieOf(node)).split(';')[0] ?? '';
  t.same(await signedIn(cookie), { signedIn: true });
  const out = await fetchWhole(`${node.url}/api/session`, { method: 'DELETE', headers: { cookie } });
  t.match(out.headers['set-cookie'], [/^switch_session=; .*Expires=Thu, 01 Jan 1970/]);
  t.equal((await fetchWhole(`${node.url}/api/session`, { method: 'POST', headers: JSON_TYPE, body: '{}' })).status, 400);
});

test('after ten wrong tokens an address waits, and a session that stands goes on', async (t) => {
  const node = await startAppliance(t);
  const cookie = (await cookieOf(node)).split(';')[0] ?? '';
  for (let count = 0; count < 10; count += 1) t.equal((await signIn(node, 'wrong')).status, 401);
  const blocked = await signIn(node, node.adminToken);
  t.equal(blocked.status, 429, 'even with the right one, or guessing would still work');
  t.match(blocked.headers, { 'retry-after': /^\d+$/ });
  t.equal(await change(node, { authorization: `Bearer ${node.adminToken}` }), 429);
  t.equal(await change(node, { cookie, origin: node.url }), 404);
});

test('neither token nor cookie gets into the log', async (t) => {
  const node = await startAppliance(t, { logLevel: 'trace' });
  const cookie = (await cookieOf(node)).split(';')[0] ?? '';
  await change(node, { cookie, origin: node.url });
  await change(node, { authorization: `Bearer ${node.adminToken}` });
  const log = node.logLines.join('');
  t.match(log, /"url":"\/api\/session"/);
  t.notMatch(log, node.adminToken);
  t.notMatch(log, cookie.split('=')[1] ?? '');
});
