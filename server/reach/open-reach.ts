/** Makes the appliance's reach from its settings. */
import type { Config } from '../../config/schema.ts';
import { AnnouncedAddresses } from './announced-addresses.ts';
import { ownAddresses } from './own-addresses.ts';
import { Reach, type ReachComponents } from './reach.ts';

/** Not started yet. */
export function openReach({ announce, udpPort, seeder }: Config, { log, hub }: Pick<ReachComponents, 'log'> & { readonly hub: Pick<ReachComponents, 'hostOf'> }): Reach {
  return new Reach({ log, ownAddresses, announced: new AnnouncedAddresses({ log }, { announce, udpPort }), hostOf: (peerId) => hub.hostOf(peerId) }, { udpPort, seeder });
}
