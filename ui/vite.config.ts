import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Where `vite` in development finds the appliance. */
const APPLIANCE = 'http://localhost:8080';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative addresses: together with index.html's <base> the page can live under any path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { conditions: ['browser', 'module', 'import', 'default'] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    proxy: {
      '/api': APPLIANCE,
      '^/videos/[0-9a-f]{64}/content': APPLIANCE,
      '/signalling': { target: APPLIANCE, ws: true },
    },
  },
});
