/**
 * Viewers of a house beside the machine, as those on the LAN see it, and a node in a container behind the engine's NAT. The CDN serves
 * nobody, so that what comes, comes from the seeder; and UDP gets into the house from the published port only.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Page } from 'playwright-core';
import { SMALL_VIEW, type Profile } from '../fixtures/browser.ts';
import { openVideo, savedSha256, sha256, shownBytes, unexpected, untilSentence } from '../fixtures/browser-switch.ts';
import { pressPlay, untilPlaying } from '../fixtures/browser-watch.ts';
import { runCommand } from '../fixtures/command.ts';
import { startContainerNode, type ContainerNode } from '../fixtures/container-node.ts';
import { containerTest } from '../fixtures/docker.ts';
import { fetchWhole } from '../fixtures/http.ts';
import { putVideo } from '../fixtures/library.ts';
import { launchInside, openHouse, type House } from '../fixtures/network-namespace.ts';

const bytes = await readFile(join(import.meta.dirname, '../fixtures/media/testsrc-10s.mp4'));
/** UDP, published under another number than the node has it, and under the same. All below those that systems give to who asks for any. */
const OTHER_PORT = 19_000;
const SAME_PORT = 19_001;
const FULL = { SWITCH_CDN_MAX_STREAMS: '0' };
/** As it is called before the player has fetched all of this short film, and after. */
const SAVES = /^(Download|Save file)$/;

interface Place {
  readonly house: House;
  readonly browser: Profile;
}

containerTest('viewers beside the machine reach a container through its published UDP port alone', async (whole) => {
  const house = await openHouse(whole, { onlyUdpFrom: [OTHER_PORT, SAME_PORT] });
  const { machine } = house;
  const [announcing, silent, browser] = await Promise.all([
    startContainerNode(whole, {
      url: `http://${machine}:18080`, udp: [`${machine}:${OTHER_PORT}:9000`], env: { ...FULL, SWITCH_ANNOUNCE: `${machine}:${OTHER_PORT}` },
    }),
    startContainerNode(whole, {
      url: `http://${machine}:18081`, udp: [`${machine}:${SAME_PORT}:${SAME_PORT}`], env: { ...FULL, SWITCH_UDP_PORT: String(SAME_PORT) },
    }),
    launchInside(whole, house, { viewport: SMALL_VIEW }),
  ]);
  await watchConnections(browser);

  await whole.test('what is published on the machine is reached, and not the bridge behind it', async (t) => {
    for (const { url, bridgeAddress } of [announcing, silent]) {
      t.match(bridgeAddress, /^172\./);
      t.equal((await fetchWhole(`http://${bridgeAddress}:8080/healthz`)).status, 200, 'which answers on the machine itself');
      await t.rejects(askFrom(house, `http://${bridgeAddress}:8080`), /timed out/);
      await t.resolves(askFrom(house, url));
    }
    t.match(await announcing.logs(), `in a container. Open the page at the address of the machine that runs it, and the port published for 8080, such as\n  http://${machine}:8080/\n`);
    t.match(await silent.logs(), '\n  http://192.168.1.10:8080/\n');
  });

  await whole.test('by the announced address and port, the command downloads and a browser plays and saves', async (t) => {
    await getsAndSaves(t, { house, browser }, announcing, OTHER_PORT);
    t.same(await notices(announcing), [], 'there is nothing to tell the admin');
  });

  await whole.test('with nothing announced, who came by an address gets through at that address, and the admin is told what to announce', async (t) => {
    t.match(await notices(silent), [{ code: 'announce-unset', action: /SWITCH_ANNOUNCE to the address of the machine/ }]);
    await getsAndSaves(t, { house, browser }, silent, SAME_PORT);
    t.match(await notices(silent), [{ code: 'announce-unset', action: new RegExp(`SWITCH_ANNOUNCE=${machine}\\b.*-p ${SAME_PORT}:${SAME_PORT}/udp`) }]);
  });
});

function askFrom(house: House, url: string): Promise<string> {
  return house.run('curl', ['--silent', '--show-error', '--max-time', '1', `${url}/healthz`]);
}

async function getsAndSaves(t: Test, { house, browser }: Place, node: ContainerNode, port: number): Promise<void> {
  const { contentId } = await putVideo(node, 'Test picture.mp4', bytes);
  const cwd = t.testdir({});
  const get = runCommand(t, ['get', `${node.url}/videos/${contentId}`, '-o', 'copy.mp4', '--timeout', '30', '--json'], { cwd, inside: house.inside });
  t.equal(await get.exitCode, 0, await get.stderr);
  t.match(get.lines.at(-1), { type: 'summary', bytesFrom: { cdn: 0, peers: 0, seeder: bytes.length } });
  t.equal(sha256(await readFile(join(cwd, 'copy.mp4'))), sha256(bytes), 'the command has the right bytes');
  const byCommand = await house.udpBytesFrom(port);
  t.ok(byCommand > bytes.length, `all of them by the published port: ${byCommand}`);

  const { page, errors } = browser;
  await openVideo(page, node.url, contentId);
  await pressPlay(page);
  await untilPlaying(page, 1);
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: SAVES }).first().click()]);
  t.equal(await savedSha256(saved), sha256(bytes), 'the browser saves the right bytes');
  await untilSentence(page, 'every piece is verified');
  t.same(await shownBytes(page), { cdn: 0, peer: 0, seeder: bytes.length, stored: 0 });
  t.same(await pairsOf(page), [`${house.machine}:${port}`], 'from the published address and port');
  t.ok(await house.udpBytesFrom(port) > byCommand + bytes.length);
  t.same(unexpected(errors), []);
}

async function notices({ url, adminToken }: ContainerNode): Promise<unknown> {
  const { text } = await fetchWhole(`${url}/api/admin/overview`, { headers: { authorization: `Bearer ${adminToken}` } });
  return (JSON.parse(text) as { readonly notices: unknown }).notices;
}

/** Notes every connection that a page makes, for {@link pairsOf}. */
async function watchConnections({ context }: Profile): Promise<void> {
  await context.addInitScript(() => {
    const connections: RTCPeerConnection[] = [];
    Object.assign(globalThis, {
      connections,
      RTCPeerConnection: class extends RTCPeerConnection {
        constructor(configuration?: RTCConfiguration) {
          super(configuration);
          connections.push(this);
        }
      },
    });
  });
}

/** `address:port` at the far end of each open connection. */
async function pairsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const open = (Reflect.get(globalThis, 'connections') as RTCPeerConnection[]).filter(({ connectionState }) => connectionState === 'connected');
    return Promise.all(open.map(async (connection) => {
      const stats = new Map<string, Readonly<Record<string, unknown>>>();
      (await connection.getStats()).forEach((entry: Readonly<Record<string, unknown>>, id) => stats.set(id, entry));
      const transport = [...stats.values()].find(({ type }) => type === 'transport');
      const remote = stats.get(String(stats.get(String(transport?.['selectedCandidatePairId']))?.['remoteCandidateId']));
      return `${String(remote?.['address'])}:${String(remote?.['port'])}`;
    }));
  });
}
