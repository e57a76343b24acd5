// Downloads a video in Node, from the CDN or from other viewers, every piece checked:
//
//   node node-download.mjs http://nas:8080/videos/CONTENT-ID [FILE]
import { createEngine } from 'software-switch';
import { FilePieceStore } from 'software-switch/node';

const [address, path] = process.argv.slice(2);
const { origin, pathname } = new URL(address);
const contentId = pathname.split('/').at(-1);

const engine = createEngine({ appliances: [origin] });
const manifest = await engine.manifest(contentId);
const download = await engine.open(manifest, { store: new FilePieceStore({ path: path ?? manifest.name }), share: false });
download.subscribe(({ state, bytesHeld, sizeBytes }) => console.log(`${state}: ${bytesHeld} of ${sizeBytes} bytes`));
await download.finished;
const { bytesFrom } = download.figures();
console.log(`${manifest.name}: ${bytesFrom.cdn} bytes from the CDN, ${bytesFrom.peers} from viewers, ${bytesFrom.seeder} from a seeder`);
await engine.stop();
