/**
 * Reads the settings: defaults < file < environment < flags. The only reader of `process.env`. Anything wrong or unknown
 * stops the start with a ConfigError that lists every problem.
 */
import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { ConfigError } from './config-error.ts';
import { inconsistencies } from './consistency.ts';
import { ENV_PREFIX, envName, flagName, isSettingName, nearest, SETTING_NAMES } from './names.ts';
import { check, parseText, type Parsed } from './parse.ts';
import { SETTINGS, type Config, type SettingName } from './schema.ts';

type Origin = 'default' | 'file' | 'environment' | 'flag';

/** Where each value in effect came from. */
export type Origins = Readonly<Record<SettingName, Origin>>;

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: Origins;
}

interface Inputs {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly readFile?: (path: string) => string;
}

/** Tests set theirs for their own ends beside a running appliance, and the image says that it is one; they are not settings. */
const NOT_SETTINGS = /^SWITCH_(CONFIG$|CONTAINER$|TEST_)/;

/** `argv` without the program's and the command's names. Throws {@link ConfigError}. */
export function loadConfig(argv: readonly string[], inputs: Inputs = {}): LoadedConfig {
  const env = inputs.env ?? process.env;
  const loader = new Loader(inputs.readFile ?? ((path) => readFileSync(path, 'utf8')));
  const flags = loader.flags(argv);
  const file = flags.get('config') ?? env[`${ENV_PREFIX}CONFIG`];
  if (file !== undefined) loader.file(file);
  loader.environment(env);
  loader.settingFlags(flags);
  return loader.result();
}

/** The defaults with some values replaced, checked alike: for programs that start an appliance themselves. */
export function configWith(overrides: Partial<Config>): Config {
  const loader = new Loader(() => '');
  for (const [name, value] of Object.entries(overrides)) {
    if (isSettingName(name) && value !== undefined) loader.take(name, 'flag', name, check(SETTINGS[name], value), value);
  }
  return loader.result().config;
}

class Loader {
  readonly #readFile: (path: string) => string;
  readonly #values = new Map<SettingName, unknown>();
  readonly #origins = new Map<SettingName, Origin>();
  readonly #problems: string[] = [];

  constructor(readFile: (path: string) => string) {
    this.#readFile = readFile;
  }

  take(name: SettingName, origin: Origin, shownName: string, parsed: Parsed, raw: unknown): void {
    if (!parsed.ok) {
      const shown = SETTINGS[name].secret ? 'has a wrong value' : `is ${JSON.stringify(raw)}`;
      const because = parsed.because === undefined ? '' : ` ${parsed.because};`;
      this.#problems.push(`${shownName} ${shown};${because} it must be ${parsed.expected}.`);
      return;
    }
    this.#values.set(name, parsed.value);
    this.#origins.set(name, origin);
  }

  file(path: string): void {
    let values: unknown;
    try {
      values = JSON.parse(this.#readFile(path));
    } catch (error) {
      this.#problems.push(`The configuration file ${path} cannot be read: ${reason(error)}.`);
      return;
    }
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      this.#problems.push(`The configuration file ${path} must hold one JSON object, such as { "port": 8080 }.`);
      return;
    }
    for (const [name, value] of Object.entries(values)) {
      if (isSettingName(name)) this.take(name, 'file', `${name} in ${path}`, check(SETTINGS[name], value), value);
      else this.#unknown(`${name} in ${path}`, name, SETTING_NAMES);
    }
  }

  environment(env: Readonly<Record<string, string | undefined>>): void {
    const known = new Map<string, () => void>();
    for (const name of SETTING_NAMES) {
      const plain = envName(name);
      known.set(plain, () => this.take(name, 'environment', plain, parseText(SETTINGS[name], env[plain] ?? ''), env[plain]));
      if (!SETTINGS[name].secret) continue;
      known.set(`${plain}_FILE`, () => {
        if (env[plain] === undefined) this.#secretFile(name, 'environment', `${plain}_FILE`, env[`${plain}_FILE`] ?? '');
        else this.#problems.push(`${plain} and ${plain}_FILE are both set; keep one.`);
      });
    }
    for (const [name, value] of Object.entries(env)) {
      if (!name.startsWith(ENV_PREFIX) || value === undefined || NOT_SETTINGS.test(name)) continue;
      const read = known.get(name);
      if (read === undefined) this.#unknown(name, name, [...known.keys()]);
      else read();
    }
  }

  /** Splits the command line; unknown flags are problems. A boolean's value is kept as text, to be checked like the others. */
  flags(argv: readonly string[]): ReadonlyMap<string, string> {
    const options: ParseArgsOptionsConfig = { config: { type: 'string' } };
    for (const name of SETTING_NAMES) options[flagName(name)] = { type: SETTINGS[name].kind === 'boolean' ? 'boolean' : 'string' };
    const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowNegative: true, tokens: true });
    const flags = new Map<string, string>();
    let afterUnknown = false;
    for (const token of tokens) {
      // What follows an unknown flag is its value, and may be a secret: it is not repeated.
      if (token.kind === 'positional' && !afterUnknown) this.#problems.push(`${JSON.stringify(token.value)} was not expected; settings are given as --name value.`);
      afterUnknown = token.kind === 'option' && options[token.name] === undefined;
      if (token.kind !== 'option') continue;
      const boolean = options[token.name]?.type === 'boolean';
      if (options[token.name] === undefined) this.#unknownFlag(token.name, Object.keys(options));
      else if (boolean) flags.set(token.name, token.value ?? String(!token.rawName.startsWith('--no-')));
      else if (token.value === undefined) this.#problems.push(`--${token.name} needs a value.`);
      else flags.set(token.name, token.value);
    }
    return flags;
  }

  settingFlags(flags: ReadonlyMap<string, string>): void {
    for (const name of SETTING_NAMES) {
      const flag = flagName(name);
      const raw = flags.get(flag);
      if (raw === undefined) continue;
      if (SETTINGS[name].secret) this.#secretFile(name, 'flag', `--${flag}`, raw);
      else this.take(name, 'flag', `--${flag}`, parseText(SETTINGS[name], raw), raw);
    }
  }

  result(): LoadedConfig {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
    const config: Record<string, unknown> = {};
    const origins: Record<string, Origin> = {};
    for (const name of SETTING_NAMES) {
      config[name] = this.#values.has(name) ? this.#values.get(name) : SETTINGS[name].default;
      origins[name] = this.#origins.get(name) ?? 'default';
    }
    const contradictions = inconsistencies(config as Config);
    if (contradictions.length > 0) throw new ConfigError(contradictions);
    return { config: config as Config, origins: origins as Origins };
  }

  #secretFile(name: SettingName, origin: Origin, shownName: string, path: string): void {
    let content: string;
    try {
      content = this.#readFile(path);
    } catch (error) {
      this.#problems.push(`${shownName} names ${JSON.stringify(path)}, which cannot be read: ${reason(error)}.`);
      return;
    }
    if (content.trim() === '') this.#problems.push(`${shownName} names ${JSON.stringify(path)}, which is empty; it must hold the value.`);
    else this.take(name, origin, shownName, parseText(SETTINGS[name], content), content);
  }

  #unknown(shownName: string, name: string, candidates: readonly string[]): void {
    const guess = nearest(name, candidates);
    this.#problems.push(`${shownName} is not a setting.${guess === undefined ? '' : ` Did you mean ${guess}?`}`);
  }

  #unknownFlag(flag: string, candidates: readonly string[]): void {
    const secretFlag = `${flag}-file`;
    if (candidates.includes(secretFlag)) {
      this.#problems.push(`--${flag} is not taken, because others on this machine can read command lines; use --${secretFlag} FILE.`);
    } else this.#unknown(`--${flag}`, flag, candidates);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
