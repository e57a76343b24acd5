/** The appliance's state in words: short for the pill, sentences for its panel. */
import type { ApplianceStatus } from '../api/status.ts';
import { size, rate } from '../format/numbers.ts';
import { counted, sentenceCase } from './counts.ts';

/** `CDN 2 of 8 · 1 waiting · 3 peers`. */
export function pillWords(status: ApplianceStatus): string {
  const parts = [`CDN ${status.cdn.activeStreams} of ${status.cdn.maxStreams}`];
  if (status.cdn.waiting > 0) parts.push(`${status.cdn.waiting} waiting`);
  const peers = peersIn(status);
  if (peers > 0) parts.push(peers === 1 ? '1 peer' : `${peers} peers`);
  return parts.join(' · ');
}

/** Everybody in a swarm, the appliance's seeder too; who is in two swarms counts twice. */
function peersIn({ swarms }: ApplianceStatus): number {
  return swarms.reduce((sum, swarm) => sum + swarm.viewers + swarm.seeders, 0);
}

export function cdnSentence({ cdn }: Pick<ApplianceStatus, 'cdn'>): string {
  const free = cdn.maxStreams - cdn.activeStreams;
  const load = free <= 0
    ? `The CDN is full (${cdn.activeStreams} of ${cdn.maxStreams}): new viewers get their video from each other until a place is free.`
    : `The CDN serves ${counted(cdn.activeStreams, 'stream')} and has room for ${counted(free, 'more', 'more')}.`;
  const queue = cdn.waiting === 0 ? '' : ` ${sentenceCase(counted(cdn.waiting, 'viewer waits', 'viewers wait'))} for a place.`;
  const limit = cdn.maxMbps === 0 ? '' : ` It sends at most ${rate(cdn.maxMbps)}.`;
  return load + queue + limit;
}

export function storageSentence({ storage }: ApplianceStatus): string {
  const place = storage.kind === 'gridfs' ? 'in MongoDB' : 'on its disk';
  return storage.freeBytes === null
    ? `The library takes ${size(storage.usedBytes)} ${place}.`
    : `The library takes ${size(storage.usedBytes)} ${place}; ${size(storage.freeBytes)} are free.`;
}

export function peersSentence({ swarms, seeder }: ApplianceStatus): string {
  const helper = seeder.enabled ? ' The appliance seeds too.' : ' The appliance itself does not seed.';
  const viewers = swarms.reduce((sum, swarm) => sum + swarm.viewers, 0);
  if (viewers === 0) return `No viewer is in a swarm right now.${helper}`;
  return `${sentenceCase(counted(viewers, 'viewer shares', 'viewers share'))} ${counted(swarms.length, 'video')}.${helper}`;
}
