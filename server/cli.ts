#!/usr/bin/env node
/** The `software-switch` command: words in, exit code out. Each command is a client of the engine like any other. */
import { healthcheck } from './cli/commands/healthcheck.ts';
import { collectYoungBuffers } from './young-buffers.ts';

/** From the end of a command to that of its process, at most. */
const LEAVE_AFTER_MS = 500;

collectYoungBuffers();

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

const argv = process.argv.slice(2);
if (argv[0] === 'healthcheck' && !argv.includes('--help')) {
  const { well, sentence } = await healthcheck(argv.slice(1));
  process[well ? 'stdout' : 'stderr'].write(`${sentence}\n`);
  process.exitCode = well ? 0 : 1;
} else {
  // The engine takes longer to load than a healthcheck takes.
  const { runCommand } = await import('./cli/run.ts');
  process.exitCode = await runCommand(argv, {
    terminal: { stdout: process.stdout, stderr: process.stderr },
    now: () => performance.now(),
    signal: interruption.signal,
  });
  // All that is ours is closed. One time in a hundred libdatachannel 0.24.5 keeps something of a closed connection nevertheless, and with
  // it the process: whoever waits for the command, a script or a stopping container, is not to wait for that.
  setTimeout(() => process.exit(), LEAVE_AFTER_MS).unref();
}
