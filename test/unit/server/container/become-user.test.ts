import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { becomeUser, ContainerUserError, type UserControl } from '../../../../server/container/become-user.ts';

/** A process that notes what it is asked; the real ones are changed in test/container/users.test.ts. */
function pretended(start: { readonly uid: number; readonly gid: number; readonly groups?: readonly number[] }, refuses = false) {
  const asked: string[] = [];
  const control: UserControl = {
    getuid: () => start.uid, getgid: () => start.gid, getgroups: () => [...(start.groups ?? [])],
    setgroups: (groups) => {
      if (refuses) throw new Error('EPERM');
      asked.push(`groups ${groups.join(' ')}`);
    },
    setgid: (gid) => void asked.push(`gid ${gid}`),
    setuid: (uid) => void asked.push(`uid ${uid}`),
    umask: (mask) => void asked.push(`umask ${mask.toString(8)}`),
  };
  return { asked, control };
}

const user = { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000, umask: undefined, isSet: true };

void test('root is given up last, with root\'s own group, and with the groups that were added kept', async (t) => {
  const { asked, control } = pretended({ uid: 0, gid: 0, groups: [0, 44] });
  t.strictSame(becomeUser({ uid: 1026, gid: 100, umask: 0o027, isSet: true }, t.testdir({}), control).length, process.getuid?.() === 0 ? 0 : 1);
  t.strictSame(asked, ['umask 27', 'groups 100 44', 'gid 100', 'uid 1026']);
});

void test('a data directory that is not there yet is made', async (t) => {
  const dataDir = join(t.testdir({}), 'data');
  becomeUser(user, dataDir, pretended({ uid: 0, gid: 0 }).control);
  t.ok(statSync(dataDir).isDirectory());
});

void test('who is no root changes nothing, and is told that PUID does nothing', async (t) => {
  const { asked, control } = pretended({ uid: 65534, gid: 65534 });
  t.match(becomeUser({ uid: 1026, gid: 100, umask: undefined, isSet: true }, t.testdir({}), control), [/1026:100.*65534:65534/]);
  t.strictSame(becomeUser({ uid: 1000, gid: 1000, umask: undefined, isSet: false }, t.testdir({}), control), []);
  t.strictSame(asked, []);
});

void test('root without the right to change its user is refused, with what to add', async (t) => {
  const { control } = pretended({ uid: 0, gid: 0 }, true);
  t.throws(() => becomeUser({ uid: 1000, gid: 1000, umask: undefined, isSet: false }, t.testdir({}), control), ContainerUserError);
  t.throws(() => becomeUser({ uid: 1000, gid: 1000, umask: undefined, isSet: false }, t.testdir({}), control), /--user 1000:1000.*--cap-add SETUID/);
});
