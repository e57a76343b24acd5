/** What is wrong with settings that are each right by themselves. */
import { isTurn } from './ice-server.ts';
import { envName } from './names.ts';
import { liesIn } from './nested-folders.ts';
import type { Config } from './schema.ts';

/** One sentence each. */
export function inconsistencies(config: Config): readonly string[] {
  const problems: string[] = [];
  const hasTurn = config.iceServers.some(isTurn);
  if (hasTurn && config.turnSecret === undefined) {
    problems.push(`${envName('iceServers')} names a TURN server, and ${envName('turnSecret')} is not set; without the secret it shares with that server no client gets a password for it.`);
  }
  if (!hasTurn && config.turnSecret !== undefined) {
    problems.push(`${envName('turnSecret')} is set, and ${envName('iceServers')} names no TURN server; name it, such as turn:turn.example.org:3478, or take the secret away.`);
  }
  if (config.announce.length > 0 && config.udpPort === 0) {
    problems.push(`${envName('announce')} tells viewers where one UDP port is, and ${envName('udpPort')} is 0, which takes any; set it to the port that is published or forwarded.`);
  }
  const { libraryDir, dataDir } = config;
  if (libraryDir !== undefined && (liesIn(libraryDir, dataDir) || liesIn(dataDir, libraryDir))) {
    problems.push(`${envName('libraryDir')} (${libraryDir}) and ${envName('dataDir')} (${dataDir}) lie in one another; give each a folder of its own, for what this node keeps for itself is no library.`);
  }
  return problems;
}
