// The package's public surface as text, one report an entry, in docs/api: `npm run api` writes them, `--check` (a part of
// `npm run check`) fails when the surface changed and its report did not. So no change of it goes unseen. What is exported has a
// docstring, and says nothing with a type that is exported nowhere: that is checked too.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel, type ExtractorMessage } from '@microsoft/api-extractor';

const root = dirname(import.meta.dirname);
const reports = join(root, 'docs/api');
const work = join(root, '.cache/api');

/** Name of the report, and the source of the entry. */
const ENTRIES: Readonly<Record<string, string>> = {
  engine: 'engine/library.ts',
  node: 'engine/index.node.ts',
  media: 'engine/media/index.ts',
  player: 'ui/player/index.ts',
  hls: 'ui/player/hls/index.ts',
  stream: 'ui/player/stream/index.ts',
};

/** What the player element stands on is `<video>` and the life of an element, which HTML describes and nobody imports from us. */
const INNER: ReadonlySet<string> = new Set(['PlayerBase']);

interface Outcome {
  /** Whether the report was, or with `--check` would be, changed. */
  readonly changed: boolean;
  /** Types that are used and not exported by this entry. */
  readonly borrowed: readonly string[];
  readonly undocumented: readonly string[];
}

function main(): number {
  const isCheck = process.argv.includes('--check');
  emitTypes();
  const configs = Object.entries(ENTRIES).map(([name, source]) => prepare(name, source));
  const compilerState = oneProgram(configs);
  const outcomes = configs.map((config) => report(config, compilerState, isCheck));
  const changed = configs.filter((_, at) => outcomes[at]?.changed).map(({ reportFilePath }) => relative(root, reportFilePath));
  const faults = faultsOf(outcomes, new Set(configs.flatMap(({ reportTempFilePath }) => exportedBy(readFileSync(reportTempFilePath, 'utf8')))));
  for (const fault of faults) console.error(fault);
  if (changed.length > 0) {
    console.error(isCheck
      ? `The package's public surface is not what these say: ${changed.join(', ')}.\nIf that is meant, "npm run api" updates them; commit them with the change.`
      : `Updated ${changed.join(', ')}.`);
  }
  return faults.length > 0 || (isCheck && changed.length > 0) ? 1 : 0;
}

/** One entry may use what another exports: a stream is made of the main entry's Download. */
function faultsOf(outcomes: readonly Outcome[], exported: ReadonlySet<string>): string[] {
  return outcomes.flatMap(({ borrowed, undocumented }) => [
    ...borrowed.filter((name) => !exported.has(name) && !INNER.has(name)).map((name) => `${name} is used by the public surface and exported by no entry.`),
    ...undocumented.map((name) => `${name} is exported and has no docstring.`),
  ]);
}

function exportedBy(text: string): string[] {
  return [...text.matchAll(/^export (?:abstract )?(?:class|const|function|interface|type) (\w+)/gm)].map(([, name]) => name ?? '');
}

/** The reports are about types alone, as they ship. */
function emitTypes(): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  mkdirSync(reports, { recursive: true });
  const words = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', join(work, 'types')];
  const ran = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`The types could not be written.\n${ran.stdout}${ran.stderr}`);
}

function prepare(name: string, source: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObjectFullPath: join(root, 'api-extractor.json'),
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(work, 'types', source.replace(/\.ts$/, '.d.ts')),
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2024', lib: ['esnext', 'dom', 'dom.iterable'], module: 'nodenext', moduleResolution: 'nodenext', strict: true, types: ['node'], skipLibCheck: true,
          },
          files: Object.values(ENTRIES).map((path) => join(work, 'types', path.replace(/\.ts$/, '.d.ts'))),
        },
      },
      apiReport: { enabled: true, reportFileName: `${name}.api.md`, reportFolder: reports, reportTempFolder: join(work, 'reports') },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        // The compiler has its own step in the checks; the others are told through `report`.
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
}

/** The entries share one program: that is most of the time it takes. */
function oneProgram(configs: readonly ExtractorConfig[]): CompilerState {
  const [first, ...others] = configs;
  if (first === undefined) throw new Error('There is no entry to report on.');
  return CompilerState.create(first, { additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath) });
}

function report(config: ExtractorConfig, compilerState: CompilerState, isCheck: boolean): Outcome {
  const borrowed: string[] = [];
  const undocumented: string[] = [];
  const { apiReportChanged: changed } = Extractor.invoke(config, {
    compilerState, localBuild: !isCheck, messageCallback: (message: ExtractorMessage) => {
      message.handled = true;
      const name = /"([^"]+)"/.exec(message.text)?.[1] ?? message.text;
      if (message.messageId === 'ae-forgotten-export') borrowed.push(name);
      // Members that their names explain need no words; exports do.
      if (message.messageId === 'ae-undocumented' && (message.sourceFileColumn ?? 0) === 1) undocumented.push(name);
    },
  });
  if (changed && !isCheck) cpSync(config.reportTempFilePath, config.reportFilePath);
  return { changed, borrowed, undocumented };
}

process.exitCode = main();
