import { fileURLToPath } from 'node:url';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompress, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { defineConfig, type Plugin } from 'vite';

/** One packet holds this much either way. */
const COMPRESS_FROM_BYTES = 1_400;

/** Where `vite` in development finds the appliance. */
const APPLIANCE = 'http://localhost:8080';

/** Leaves .br and .gz beside what is worth it: the appliance sends them as they are and never compresses while it serves. */
const precompress: Plugin = {
  name: 'precompress',
  apply: 'build',
  async writeBundle({ dir }, bundle) {
    await Promise.all(Object.keys(bundle).filter((name) => /\.(js|css|html|svg)$/.test(name)).map(async (name) => {
      const path = join(dir ?? '', name);
      const bytes = await readFile(path);
      if (bytes.length < COMPRESS_FROM_BYTES) return;
      await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes));
      await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
    }));
  },
};

export default defineConfig({
  plugins: [precompress],
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative addresses: together with index.html's <base> the page can live under any path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { conditions: ['browser', 'module', 'import', 'default'] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false },
    // Importing the engine does nothing by itself. Said here, the list asks it what can be played without taking in its readers of files.
    rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /\/engine\/|\/node_modules\/mediabunny\//, sideEffects: false }] } },
  },
  server: {
    proxy: {
      '/api': APPLIANCE,
      '^/videos/[0-9a-f]{64}/content': APPLIANCE,
      '/signalling': { target: APPLIANCE, ws: true },
    },
  },
});
