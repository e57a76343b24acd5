import { test } from 'tap';
import { ConfigError } from '../../../config/config-error.ts';
import { configWith, loadConfig } from '../../../config/load.ts';
import { envName, flagName, SETTING_NAMES } from '../../../config/names.ts';
import { SETTINGS } from '../../../config/schema.ts';

const FILES: Readonly<Record<string, string>> = {
  'c.json': '{ "port": 1, "cdnMaxStreams": 1, "seeder": false, "trustProxy": ["10.0.0.0/8"] }',
  'unknown.json': '{ "cdnMaxStream": 1, "port": "8080" }',
  'list.json': '[]',
  'broken.json': '{',
  token: 'a-file\n',
  empty: ' \n',
};

function readFile(path: string): string {
  const content = FILES[path];
  if (content === undefined) throw new Error(`ENOENT: no such file ${path}`);
  return content;
}

function problems(argv: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    loadConfig(argv, { env, readFile });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('flags win over the environment, it over the file, it over the defaults', async (t) => {
  const { config, origins } = loadConfig(['--config', 'c.json', '--port', '3'], { env: { SWITCH_PORT: '2', SWITCH_CDN_MAX_STREAMS: '2' }, readFile });
  t.match(config, { port: 3, cdnMaxStreams: 2, seeder: false, trustProxy: ['10.0.0.0/8'], host: '0.0.0.0' });
  t.match(origins, { port: 'flag', cdnMaxStreams: 'environment', seeder: 'file', host: 'default' });
});

test('the file may be named by the environment, and the flag for it wins', async (t) => {
  t.equal(loadConfig([], { env: { SWITCH_CONFIG: 'c.json' }, readFile }).config.port, 1);
  t.equal(problems(['--config', 'broken.json'], { SWITCH_CONFIG: 'c.json' }).length, 1);
});

test('every default is right by its own rule', async (t) => {
  const { config } = loadConfig([], { env: {} });
  const { mongodbUri, adminToken, ...given } = config;
  t.same([mongodbUri, adminToken], [undefined, undefined]);
  t.same(configWith(given), config);
});

test('a wrong value is told with its name, the value and what would be right', async (t) => {
  t.same(problems(['--port', '70000']), ['--port is "70000"; it must be a whole number from 0 to 65535.']);
  t.same(problems([], { SWITCH_PORT: '' }), ['SWITCH_PORT is ""; it must be a whole number from 0 to 65535.']);
  t.same(problems([], { SWITCH_PORT: '80.5' }), ['SWITCH_PORT is "80.5"; it must be a whole number from 0 to 65535.']);
  t.match(problems([], { SWITCH_SEEDER: 'maybe' }), ['SWITCH_SEEDER is "maybe"; it must be true or false.']);
  t.match(problems([], { SWITCH_LOG_LEVEL: 'loud' })[0], /^SWITCH_LOG_LEVEL is "loud"; it must be one of fatal, /);
  t.match(problems([], { SWITCH_TRUST_PROXY: 'true' })[0], /CIDR/);
  t.match(problems([], { SWITCH_TRUST_PROXY: '10.0.0.0/33' })[0], /CIDR/);
  t.match(problems(['--cdn-max-mbps'])[0], /--cdn-max-mbps needs a value/);
});

test('all problems are told at once', async (t) => {
  t.equal(problems(['--port', 'x'], { SWITCH_CDN_MAX_STREAMS: '-1', SWITCH_HOST: 'a b' }).length, 3);
});

test('an unknown name is told with the nearest right one', async (t) => {
  t.same(problems([], { SWITCH_CDN_MAX_STREAM: '3' }), ['SWITCH_CDN_MAX_STREAM is not a setting. Did you mean SWITCH_CDN_MAX_STREAMS?']);
  t.same(problems(['--prot', '3']), ['--prot is not a setting. Did you mean port?']);
  t.same(problems(['--config', 'unknown.json']), [
    'cdnMaxStream in unknown.json is not a setting. Did you mean cdnMaxStreams?',
    'port in unknown.json is "8080"; it must be a whole number from 0 to 65535.',
  ]);
  t.same(problems([], { SWITCH_COMPLETELY_DIFFERENT: '3' }), ['SWITCH_COMPLETELY_DIFFERENT is not a setting.']);
  t.same(problems(['extra']), ['"extra" was not expected; settings are given as --name value.']);
});

test('a file that is not one JSON object is told', async (t) => {
  t.match(problems(['--config', 'list.json'])[0], /must hold one JSON object/);
  t.match(problems(['--config', 'broken.json'])[0], /cannot be read/);
  t.match(problems(['--config', 'missing.json'])[0], /ENOENT/);
});

test('a secret comes from a file, and an empty file is an error', async (t) => {
  t.equal(loadConfig([], { env: { SWITCH_ADMIN_TOKEN_FILE: 'token' }, readFile }).config.adminToken, 'a-file');
  t.equal(loadConfig(['--admin-token-file', 'token'], { env: { SWITCH_ADMIN_TOKEN: 'x' }, readFile }).config.adminToken, 'a-file');
  t.match(problems([], { SWITCH_ADMIN_TOKEN_FILE: 'empty' })[0], /which is empty/);
  t.match(problems([], { SWITCH_ADMIN_TOKEN_FILE: 'missing' })[0], /cannot be read/);
  t.match(problems([], { SWITCH_ADMIN_TOKEN_FILE: 'token', SWITCH_ADMIN_TOKEN: 'x' })[0], /both set/);
});

test('a secret is never shown, whatever is wrong with it', async (t) => {
  const secret = 'hunter2 with spaces';
  const told = [
    ...problems([], { SWITCH_ADMIN_TOKEN: secret }), ...problems([], { SWITCH_MONGODB_URI: secret }),
    ...problems(['--admin-token', secret]), ...problems([`--mongodb-uri=${secret}`]),
  ].join('\n');
  t.equal(told.split('\n').length, 4);
  t.notMatch(told, /hunter2/);
});

test('booleans take a flag alone, its negation, or a value', async (t) => {
  for (const [argv, expected] of [[['--seeder'], true], [['--no-seeder'], false], [['--seeder=off'], false]] as const) {
    t.equal(loadConfig(argv, { env: {} }).config.seeder, expected, argv[0]);
  }
});

test('variables of the tests are not settings', async (t) => {
  t.same(problems([], { SWITCH_TEST_MONGODB_URI: 'x', SWITCHED: 'x' }), []);
});

test('every setting has a reason, a unit in its name where it has one, and names of its own', async (t) => {
  for (const name of SETTING_NAMES) t.match(SETTINGS[name].why, /^[A-Z].*\.$/, name);
  t.equal(envName('cdnMaxStreams'), 'SWITCH_CDN_MAX_STREAMS');
  t.equal(flagName('cdnMaxStreams'), 'cdn-max-streams');
  t.equal(flagName('adminToken'), 'admin-token-file');
  t.equal(new Set(SETTING_NAMES.map(envName)).size, SETTING_NAMES.length);
});
