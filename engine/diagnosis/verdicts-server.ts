/** The verdicts on what a server answers: HTTP, the WebSocket, and what is said on it. */
import type { Observations } from './observations.ts';
import type { Verdict } from './verdicts.ts';

const NAME_UNKNOWN = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const UNREACHED = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'EADDRNOTAVAIL']);
const SILENT = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT']);
const CUT = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** OpenSSL's and Node's words for a certificate that is not believed. */
const CERTIFICATE = /CERT|SELF_SIGNED|LEAF_SIGNATURE|ERR_TLS/;
const NOT_TLS = /^(EPROTO|ERR_SSL_.*)$/;
const NOT_HTTP = /^HPE_/;

/** What proxies answer when they do not reach what is behind them. */
const GATEWAY = new Set([502, 503, 504]);

export function judgeHttp({ applianceUrl: url, http }: Observations): Verdict | undefined {
  switch (http?.kind) {
    case undefined: return undefined;
    case 'ours': return { state: 'ok', finding: `A Software Switch ${http.version} answers at ${url}.` };
    case 'timeout':
      return failed(`${url} did not answer within ${http.limitMs / 1_000} s.`, 'See whether the machine is on and whether a firewall drops the port.');
    case 'nothing': return judgeNothing(url, http.code);
    case 'problem':
      if (http.status === 404) {
        return failed(`A Software Switch answers at ${url}, but not under this path (404).`, 'Give the address with the path that SWITCH_BASE_PATH names on the node, and no other.');
      }
      return failed(`The node at ${url} is there and answers ${http.status}: ${http.detail}`, 'Look at the log of the node.');
    case 'other':
      if (GATEWAY.has(http.status)) {
        return failed(`A proxy answers at ${url} with ${http.status}: it does not reach the node${by(http.server)}.`,
          'Start the node, and see that the proxy has its right address and port (docs/operations.md, "Behind a proxy").');
      }
      if (http.status === 401 || http.status === 403) {
        return failed(`${url} answers ${http.status}${by(http.server)}: something before the node asks for a sign-in.`,
          'Let the node\'s addresses pass there without a sign-in of its own, or run this where you are signed in.');
      }
      return failed(`${url} answers ${http.status}${by(http.server)}, and not like a Software Switch.`,
        'Check the address, its port and its path; behind a proxy, check which host it hands the request to.');
  }
}

function judgeNothing(url: string, code: string | undefined): Verdict {
  const { hostname, host } = new URL(url);
  if (code === undefined) {
    return failed(`Nothing answers at ${url}; browsers do not tell why.`, `Run software-switch doctor --url ${url} on this machine, which tells more.`);
  }
  if (NAME_UNKNOWN.has(code)) return failed(`The name ${hostname} is not known here (${code}).`, 'Check the spelling and the DNS, or use the address in place of the name.');
  if (code === 'ECONNREFUSED') {
    return failed(`${host} is there, but nothing listens on that port (${code}).`, 'Start the node, check the port, and publish it where the node runs in a container (-p 8080:8080).');
  }
  if (UNREACHED.has(code)) return failed(`There is no way from here to ${host} (${code}).`, 'Check the address, the network and the VPN of this machine.');
  if (SILENT.has(code)) return failed(`${host} did not answer (${code}).`, 'See whether the machine is on and whether a firewall drops the port.');
  if (CERTIFICATE.test(code)) {
    return failed(`The certificate of ${host} is not believed here (${code}).`, 'Give the proxy a certificate for this very name, or let this machine trust its authority (NODE_EXTRA_CA_CERTS).');
  }
  if (NOT_TLS.test(code)) return failed(`${host} does not speak TLS as https needs it (${code}).`, `Try http://${host}, or let the proxy serve https there.`);
  if (NOT_HTTP.test(code)) return failed(`What listens at ${host} does not speak HTTP (${code}).`, 'Check the port; with a proxy before it, check whether it wants https.');
  if (CUT.has(code)) return failed(`${host} took the connection and cut it (${code}).`, 'Check whether the address wants https in place of http, and what a proxy or firewall between does.');
  return failed(`${url} cannot be reached (${code}).`, 'Check the address and the network of this machine.');
}

export function judgeWebSocket({ applianceUrl: url, websocket }: Observations): Verdict | undefined {
  const upgrade = 'Let the proxy pass WebSocket upgrades for /signalling (docs/operations.md, "Behind a proxy").';
  switch (websocket?.kind) {
    case undefined: return undefined;
    case 'open': return { state: 'ok', finding: `A WebSocket opens at ${url}/signalling.` };
    case 'timeout':
      return failed(`HTTP works, but the WebSocket at ${url}/signalling neither opened nor was refused within ${websocket.limitMs / 1_000} s: a proxy between holds it back.`, upgrade);
    case 'refused': {
      const { upgradeStatus, plainStatus, plainOurs } = websocket;
      if (upgradeStatus === 101) {
        return failed(`A WebSocket at ${url}/signalling was granted and cut at once: a proxy between does not carry it.`, upgrade);
      }
      const answer = upgradeStatus === undefined ? '' : ` (answered ${upgradeStatus})`;
      if (plainOurs) return failed(`HTTP works, but the WebSocket at ${url}/signalling is refused${answer}: the request reaches the node, and a proxy between takes the upgrade out of it.`, upgrade);
      if (upgradeStatus !== undefined && GATEWAY.has(upgradeStatus)) {
        return failed(`HTTP works, but a proxy does not carry the WebSocket at ${url}/signalling to the node${answer}.`, upgrade);
      }
      const plain = answer === '' && plainStatus !== undefined ? ` (a plain request is answered ${plainStatus})` : answer;
      return failed(`HTTP works, but the WebSocket at ${url}/signalling is refused${plain}, and not by the node: a proxy between keeps it.`, upgrade);
    }
  }
}

/** RFC 6455 section 7.4.1 and its registry: what a node of ours closes with when it goes or is full. */
const CLOSE_RESTART = 1012;
const CLOSE_TRY_LATER = 1013;

export function judgeSignalling({ signalling }: Observations): Verdict | undefined {
  switch (signalling?.kind) {
    case undefined: return undefined;
    case 'joined': {
      const helpers = signalling.helpers.length === 0 ? '' : ` It hands out ${signalling.helpers.join(' and ')}.`;
      return { state: 'ok', finding: `The node greets and names the peers of the probe content.${helpers}` };
    }
    case 'timeout':
      if (signalling.waitedFor === 'welcome') {
        return failed(`The WebSocket opened, but the node's greeting did not come within ${signalling.limitMs / 1_000} s: something between swallows what is sent on it.`,
          'Look for a proxy or a filter between that inspects WebSockets, and let /signalling pass it.');
      }
      return failed(`The node greeted, but did not say within ${signalling.limitMs / 1_000} s who is there.`, 'Look at the log and the load of the node.');
    case 'closed':
      if (signalling.code === CLOSE_TRY_LATER) return failed('The node has no room for one more viewer (1013).', 'Try again later, or raise SWITCH_SIGNALLING_MAX_SOCKETS.');
      if (signalling.code === CLOSE_RESTART) return failed('The node is being stopped or started anew (1012).', 'Try again in a few seconds.');
      return failed(`The WebSocket opened and was closed before the node could greet (${signalling.code}).`, 'Look for a proxy between that cuts WebSockets, and at the log of the node.');
    case 'error': return failed(`The node does not let this client in: ${signalling.message}`, 'Run the same version here as on the node.');
  }
}

function by(server: string | undefined): string {
  return server === undefined ? '' : ` (it calls itself ${server.slice(0, 60)})`;
}

function failed(finding: string, action: string): Verdict {
  return { state: 'failed', finding, action, ends: true };
}
