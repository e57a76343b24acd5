/** The diagnosis as the page's button makes it: in Chromium, by the browser's own WebRTC, which hides addresses. */
import { join } from 'node:path';
import { test } from 'tap';
import type { Diagnosis } from '../../engine/index.ts';
import { startAppliance } from '../fixtures/appliance.ts';
import { launchProfile } from '../fixtures/browser.ts';
import type { PageDiagnose } from '../fixtures/diagnosis-page.ts';
import { bundleForPage } from '../fixtures/page-bundle.ts';
import { freeUdpPort } from '../fixtures/udp-port.ts';

const script = bundleForPage(join(import.meta.dirname, '../fixtures/diagnosis-page.ts'));

test('a browser finds a node well, and tells a wrong announced address by the one that works', async (t) => {
  const { page } = await launchProfile(t);
  const from = async (url: string): Promise<Diagnosis> => {
    await page.goto(`${url}/healthz`);
    // It waits at its top level, which only modules and async functions may.
    await page.evaluate(`(async () => { ${await script} })()`);
    return page.evaluate((base) => (Reflect.get(globalThis, 'diagnose') as PageDiagnose)(base), url);
  };

  const well = await from((await startAppliance(t, { seeder: true })).url);
  t.match(well, { state: 'ok' });
  t.same(well.steps.map(({ step, state, finding }) => (state === 'ok' ? step : finding)),
    ['http', 'websocket', 'signalling', 'candidate', 'udp', 'data-channel', 'round-trip']);

  const udpPort = await freeUdpPort();
  const wrong = await from((await startAppliance(t, { seeder: true, udpPort, announce: ['203.0.113.77'] })).url);
  t.match(wrong.steps.map(({ state }) => state), ['ok', 'ok', 'ok', 'failed', 'ok', 'ok', 'ok']);
  t.match(wrong.steps[3], { finding: /203\.0\.113\.77/, action: /SWITCH_ANNOUNCE/ });
});
