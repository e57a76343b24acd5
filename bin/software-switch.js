#!/usr/bin/env node
// The command. A checkout runs its sources as they are; the package has them compiled, because Node does not run TypeScript
// inside node_modules.
import { existsSync } from 'node:fs';

const source = new URL('../server/cli.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/server/cli.js', import.meta.url).href);
