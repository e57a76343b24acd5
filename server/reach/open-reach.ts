/** Makes what the appliance needs to be reached from its settings. */
import type { Config } from '../../config/schema.ts';
import { AnnouncedAddresses } from './announced-addresses.ts';
import { ClientIceServers } from './client-ice-servers.ts';
import { ownAddresses } from './own-addresses.ts';
import { Reach, type ReachComponents } from './reach.ts';

/** Not started yet. */
export function openReach(config: Config, { log, hub }: Pick<ReachComponents, 'log'> & { readonly hub: Pick<ReachComponents, 'hostOf'> }): Reach {
  const { udpPort, seeder } = config;
  const announced = new AnnouncedAddresses({ log }, { announce: config.announce, udpPort });
  return new Reach({ log, ownAddresses, announced, hostOf: (peerId) => hub.hostOf(peerId) }, { udpPort, seeder });
}

export function openIceServers(config: Config): ClientIceServers {
  return new ClientIceServers({ now: () => Date.now() }, { iceServers: config.iceServers, turnSecret: config.turnSecret });
}
