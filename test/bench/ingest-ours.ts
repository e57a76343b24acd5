/** Our node in the ingest bench: `node ingest-ours.ts FOLDER`, in a process of its own so that its memory is its own. */
import { configWith } from '../../config/load.ts';
import { startAppliance } from '../../server/appliance.ts';
import { ADMIN_TOKEN, answerIngest } from './ingest-questions.ts';

const config = configWith({
  host: '127.0.0.1', port: 0, udpPort: 0, dataDir: process.argv[2] ?? '', adminToken: ADMIN_TOKEN, logLevel: 'silent', seeder: false, reserveFreeBytes: 0, drainTimeoutMs: 0,
});

answerIngest(startAppliance(config, { logDestination: process.stderr }).then((appliance) => ({
  url: `${appliance.url}/api/uploads`,
  // It answers an upload when that is on the disk.
  sync: async () => undefined,
  close: () => appliance.stop(),
})));
