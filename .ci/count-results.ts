// Counts what a run of the tests really did, from its TAP, and says whether it may pass:
//
//   node .ci/count-results.ts FILE.tap EXIT-CODE-OF-TESTS EXIT-CODE-OF-CHECK
//
// The last line printed is `N passed, N failed`. Passed are assertions that held. Failed are
// assertions that did not, test files that ended badly, tests skipped or put off (CI has all
// they could need, so a skipped test is a hole), a run that was cut short, and a failed check.
import { existsSync, readFileSync } from 'node:fs';

const [file = '', testsExit = '1', checkExit = '1'] = process.argv.slice(2);
const tap = existsSync(file) ? readFileSync(file, 'utf8') : '';

/** tap's own last words, the only place where nested results are counted once: `# { total: 3, pass: 3 }`. */
const totals = tap.match(/^# \{ (total: .*) \}$/m)?.[1] ?? '';
const total = (name: string): number => Number(totals.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0);

const problems: string[] = [];
let failed = total('fail');
const fail = (problem: string, count = 1): void => {
  problems.push(problem);
  failed += count;
};

const lines = tap.split('\n');
const notRun = lines.filter((line) => /^ *(not )?ok\b.* # (SKIP|TODO)\b/i.test(line)).map((line) => line.trim());
if (notRun.length > 0) fail(`Skipped or put off:\n  ${notRun.join('\n  ')}`, notRun.length);

const files = lines.filter((line) => /^(not )?ok \d/.test(line));
const planned = Number(tap.match(/^1\.\.(\d+)/m)?.[1] ?? 0);
if (files.length === 0) fail('No test file was run.');
else if (files.length < planned) fail(`${planned - files.length} of ${planned} test files have no result.`);
if (totals === '') fail('The run was cut short: it has no totals.');
else if (total('pass') === 0) fail('Nothing was asserted.');
const bailed = lines.find((line) => line.startsWith('Bail out!'));
if (bailed !== undefined) fail(bailed);

const failedFiles = files.filter((line) => line.startsWith('not ok'));
if (failedFiles.length > 0) problems.push(`Failed files:\n  ${failedFiles.join('\n  ')}`);
if (failedFiles.length > 0 && failed === 0) failed = failedFiles.length;
if (testsExit !== '0' && failed === 0) fail(`npm test ended with exit code ${testsExit}.`);
if (checkExit !== '0') fail(`npm run check ended with exit code ${checkExit}.`);

const passed = total('pass');
const report = [...problems, `${files.length} test files`, `${passed} passed, ${failed} failed`];
process.stdout.write(`${report.join('\n')}\n`);
process.exitCode = failed === 0 ? 0 : 1;
