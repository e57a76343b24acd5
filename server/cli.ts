#!/usr/bin/env node
/** The `software-switch` command: words in, exit code out. Each command is a client of the engine like any other. */
import { runCommand } from './cli/run.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second signal means now; but the node has its own way to stop, and is only hurried by it.
    if (interruption.signal.aborted && process.argv[2] !== 'serve') process.exit(130);
    interruption.abort(new Error('interrupted'));
  });
}

// Whoever read the results has gone (`… | head`): there is nobody left to work for. Progress that nobody reads is no loss.
process.stdout.on('error', () => interruption.abort(new Error('nobody reads the output')));
process.stderr.on('error', () => undefined);

process.exitCode = await runCommand(process.argv.slice(2), {
  terminal: { stdout: process.stdout, stderr: process.stderr },
  now: () => performance.now(),
  signal: interruption.signal,
});
