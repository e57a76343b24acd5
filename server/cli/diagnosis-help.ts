/** What Node can find out for a diagnosis that a browser cannot: the address of a name, and the answer to an upgrade. */
import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { DiagnosisHelp } from '../../engine/index.ts';

/** RFC 6455, section 4.1. */
const KEY_BYTES = 16;

export const diagnosisHelp: DiagnosisHelp = {
  lookup: async (host) => (await lookup(host)).address,
  upgradeStatus: (url, signal) => new Promise((resolve) => {
    const request = (url.startsWith('https:') ? requestHttps : requestHttp)(url, { agent: false, signal, headers: {
      connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': randomBytes(KEY_BYTES).toString('base64'),
    } });
    const answered = (status: number | undefined): void => {
      resolve(status);
      request.destroy();
    };
    request.on('response', ({ statusCode }) => answered(statusCode));
    request.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      answered(statusCode);
    });
    request.on('error', () => answered(undefined));
    request.end();
  }),
};
