#!/usr/bin/env node
// The command. A checkout runs its sources as they are; the package has them compiled, because Node does not run TypeScript
// inside node_modules.
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';

// What Node makes of the modules is kept from one start to the next: where the image has it already, else in the system's folder for that.
const compiled = fileURLToPath(new URL('../compiled', import.meta.url));
module.enableCompileCache?.(existsSync(compiled) ? compiled : undefined);

const source = new URL('../server/cli.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/server/cli.js', import.meta.url).href);
