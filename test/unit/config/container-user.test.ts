import { test } from 'tap';
import { ConfigError } from '../../../config/config-error.ts';
import { loadContainerUser } from '../../../config/container.ts';

const inImage = (env: Readonly<Record<string, string>>) => loadContainerUser({ SWITCH_CONTAINER: 'true', ...env });

void test('outside the image PUID means nothing', async (t) => {
  t.equal(loadContainerUser({ PUID: '1026', PGID: 'nonsense' }), undefined);
});

void test('in the image the node is 1000:1000 unless told otherwise; what compose passes on empty is not set', async (t) => {
  t.strictSame(inImage({}), { uid: 1000, gid: 1000, umask: undefined, isSet: false });
  t.strictSame(inImage({ PUID: '', PGID: ' ', UMASK: '' }), { uid: 1000, gid: 1000, umask: undefined, isSet: false });
  t.strictSame(inImage({ PUID: '1026', PGID: '100', UMASK: '027' }), { uid: 1026, gid: 100, umask: 0o027, isSet: true });
  t.strictSame(inImage({ PGID: '100' }), { uid: 1000, gid: 100, umask: undefined, isSet: true });
});

void test('every wrong value is refused at once, with what it must be', async (t) => {
  const wrong = { PUID: 'me', PGID: '4294967296', UMASK: '0888' };
  t.throws(() => inImage(wrong), ConfigError);
  try {
    inImage(wrong);
  } catch (error) {
    t.strictSame(error instanceof ConfigError && error.problems.map((problem) => problem.split(';')[0]), ['PUID is "me"', 'PGID is "4294967296"', 'UMASK is "0888"']);
  }
});
