/** The verdicts on the channel: that it opens, and that what comes over it is whole. */
import type { Observations } from './observations.ts';
import type { Verdict } from './verdicts.ts';

export function judgeChannel({ channel }: Observations): Verdict | undefined {
  if (channel === undefined) return undefined;
  if (channel.open) return { state: 'ok', finding: 'The encrypted data channel is open.' };
  return {
    state: 'failed', ends: true,
    finding: `UDP gets through, but the encrypted data channel did not open within ${channel.limitMs / 1_000} s: small packets pass, and the larger ones of DTLS may not.`,
    action: 'Lower the MTU of a VPN or tunnel between, and let firewalls pass DTLS on that port.',
  };
}

export function judgeRoundTrip({ roundTrip }: Observations): Verdict | undefined {
  if (roundTrip === undefined) return undefined;
  if (roundTrip.kind === 'busy') {
    return { state: 'warning', ends: true, finding: `The node's own peer had other viewers to serve for ${roundTrip.limitMs / 1_000} s, and no turn for the probe content.`, action: 'Try again when fewer viewers are connected.' };
  }
  if (roundTrip.kind === 'failed') {
    return { state: 'failed', ends: true, finding: `The probe content did not come: ${roundTrip.reason}.`, action: 'Look at the log and the load of the node and at SWITCH_SEEDER_MAX_MBPS, and try again.' };
  }
  const { sizeBytes, fetchMs, roundTripMs, intact } = roundTrip;
  if (!intact) {
    return { state: 'failed', ends: true, finding: 'The probe content came, but with a wrong hash: something changed its bytes.', action: 'Test the memory of the node\'s machine and of this one.' };
  }
  const trip = roundTripMs === null ? '' : `, a round trip takes ${Math.max(1, Math.round(roundTripMs))} ms`;
  return { state: 'ok', finding: `${sizeBytes / 1_024} KiB came whole in ${Math.round(fetchMs)} ms (${speed(sizeBytes, fetchMs)} Mb/s)${trip}.` };
}

function speed(sizeBytes: number, ms: number): string {
  const mbps = (sizeBytes * 8) / 1_000 / Math.max(1, ms);
  return mbps < 10 ? mbps.toFixed(1) : String(Math.round(mbps));
}
