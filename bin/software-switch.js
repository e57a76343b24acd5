#!/usr/bin/env node
// The command. A checkout runs its sources as they are; the package has them compiled, because Node does not run TypeScript
// inside node_modules.
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';

// What Node makes of the modules lies in the image. Nowhere else is it kept: in a folder that others may write to they could put theirs.
const compiled = fileURLToPath(new URL('../compiled', import.meta.url));
if (existsSync(compiled)) module.enableCompileCache?.(compiled);

const source = new URL('../server/cli.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/server/cli.js', import.meta.url).href);
