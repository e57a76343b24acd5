import { test } from 'tap';
import { loadConfig } from '../../../../config/load.ts';
import { ConfigError } from '../../../../config/config-error.ts';
import { isBareBasePath, withoutBasePath } from '../../../../server/proxy/base-path.ts';

test('the base path is taken off, and nothing else', async (t) => {
  for (const [url, basePath, expected] of [
    ['/switch/api/videos?q=/switch/', '/switch', '/api/videos?q=/switch/'],
    ['/switch/', '/switch', '/'], ['/switch', '/switch', '/'], ['/switch?q=1', '/switch', '/?q=1'],
    ['/switchboard', '/switch', '/switchboard'], ['/api/videos', '/switch', '/api/videos'], ['/switch/switch/', '/switch', '/switch/'],
    ['/a/b/healthz', '/a/b', '/healthz'], ['/a/healthz', '/a/b', '/a/healthz'], ['/switch/x', '', '/switch/x'], ['*', '/switch', '*'],
  ] as const) t.equal(withoutBasePath(url, basePath), expected, `${url} under ${basePath}`);
  t.ok(isBareBasePath('/switch?q=1', '/switch'));
  for (const url of ['/switch/', '/switchboard', '/']) t.notOk(isBareBasePath(url, '/switch'), url);
});

test('a base path is one that a proxy may strip or pass on without a doubt', async (t) => {
  for (const basePath of ['/switch', '/house/videos', '/apis', '/a.b~c-d_e']) t.equal(loadConfig(['--base-path', basePath]).config.basePath, basePath);
  for (const basePath of ['switch', '/switch/', '/', '/api', '/videos/mine', '/a//b', '/a/../b', '/.', '/a b', '/a"b']) {
    t.throws(() => loadConfig(['--base-path', basePath]), ConfigError, basePath);
  }
});
