/** One run of the command: parses, drives a command, turns every failure into a sentence and an exit code. */
import { ConfigError } from '../../config/config-error.ts';
import { loadConfig } from '../../config/load.ts';
import { createEngine, errorCode, type Engine, type EngineOptions } from '../../engine/index.ts';
import { VERSION } from '../version.ts';
import { ApplianceError } from './appliance-client.ts';
import { parseArguments, USAGE, type Request } from './arguments.ts';
import { EXIT, UsageError, type ExitCode } from './exit-code.ts';
import { Output, type Terminal } from './output.ts';
import { fileSentence } from './sentences.ts';

export interface CommandComponents {
  readonly terminal: Terminal;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Aborted by an interruption. */
  readonly signal: AbortSignal;
}

/** Never rejects. */
export async function runCommand(argv: readonly string[], components: CommandComponents): Promise<number> {
  const output = new Output(components, { json: argv.includes('--json') });
  try {
    return await dispatch(parseArguments(argv), output, components);
  } catch (error) {
    return explain(error, output, components.signal);
  }
}

/** Loads what the command needs and no more: the server's libraries would keep a `list` waiting, and those of `put` the server. */
async function dispatch(request: Request, output: Output, { terminal, now, signal }: CommandComponents): Promise<number> {
  switch (request.command) {
    case 'help':
      terminal.stdout.write(USAGE);
      return EXIT.done;
    case 'version':
      terminal.stdout.write(`${VERSION}\n`);
      return EXIT.done;
    case 'serve': {
      const { serve } = await import('../main.ts');
      return serve(request.argv, signal);
    }
    case 'doctor': {
      const [{ doctor }, { diagnosisHelp }] = await Promise.all([import('./commands/doctor.ts'), import('./diagnosis-help.ts')]);
      return doctor(request, { output, help: diagnosisHelp }, signal);
    }
    case 'reset-token': {
      const { resetToken } = await import('./commands/reset-token.ts');
      return resetToken(loadConfig(request.argv), output);
    }
    case 'list': {
      const { list } = await import('./commands/list.ts');
      return list(request, output, signal);
    }
    case 'put': {
      const { put } = await import('./commands/put.ts');
      return put(request, { output, now, adminToken: loadConfig([]).config.adminToken }, signal);
    }
    case 'get': {
      const [{ get }, { FilePieceStore }] = await Promise.all([import('./commands/get.ts'), import('../../engine/index.node.ts')]);
      return withEngine({ appliances: request.from, maxUploadMbps: request.maxUploadMbps }, (engine) => get(request, {
        output, engine, openStore: (path) => new FilePieceStore({ path }),
      }, signal));
    }
    case 'seed': {
      const [{ seed }, { describeFile }, { SharedFileStore }] = await Promise.all([import('./commands/seed.ts'), import('./describe-file.ts'), import('./shared-file-store.ts')]);
      return withEngine({ appliances: request.to, maxUploadMbps: request.maxUploadMbps }, (engine) => seed(request, {
        output, engine, describe: describeFile, openStore: (file) => new SharedFileStore(file),
      }, signal));
    }
  }
}

async function withEngine(options: EngineOptions, use: (engine: Engine) => Promise<ExitCode>): Promise<ExitCode> {
  const engine = createEngine(options);
  try {
    return await use(engine);
  } finally {
    await engine.stop();
  }
}

function explain(error: unknown, output: Output, signal: AbortSignal): ExitCode {
  if (signal.aborted) return EXIT.interrupted;
  const message = fileSentence(error) ?? (error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError || error instanceof ConfigError) {
    output.error('usage', `${message}\nsoftware-switch --help shows the commands.`);
    return EXIT.usage;
  }
  const code = errorCode(error) ?? (error instanceof ApplianceError ? error.code : 'failed');
  output.error(code, message);
  if (code === 'no-such-video') return EXIT.noSuchVideo;
  if (code === 'nobody-serves' || code === 'timeout') return EXIT.nobodyServes;
  return EXIT.failed;
}
