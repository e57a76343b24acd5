// For the image: the server of dist in a few files, `node scripts/bundle-server.ts`. Its modules and those of the packages that
// consist of hundreds of them are put together, because opening each takes a small machine longer than running it. Packages of the
// older kind of module stay as they are: some of them look for files beside themselves.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');
const PUT_TOGETHER = /^(@fastify\/type-provider-typebox|typebox|mediabunny|hash-wasm|idb|@tus\/(server|file-store|utils)|tus-js-client|srvx)(\/|$)/;

/** In the package built into `dist`, the sources being those of the checkout. */
export async function bundleServer(dist: string): Promise<void> {
  for (const folder of ['server', 'engine', 'config', 'browser', 'ui/player']) rmSync(join(dist, folder), { recursive: true, force: true });
  await build({
    configFile: false, root, publicDir: false, logLevel: 'warn',
    ssr: { noExternal: [PUT_TOGETHER] },
    build: {
      ssr: true, outDir: join(dist, 'server'), emptyOutDir: true, target: 'node24', minify: false, reportCompressedSize: false,
      rolldownOptions: { input: { cli: join(root, 'server/cli.ts') }, output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' } },
    },
  });
}

if (import.meta.main) await bundleServer(join(root, 'dist'));
