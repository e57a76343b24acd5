/** Wrong words end with exit code 2 and a sentence that says what would be right; right ones become one request. */
import { Writable } from 'node:stream';
import { test } from 'tap';
import { parseArguments } from '../../../../server/cli/arguments.ts';
import { runCommand } from '../../../../server/cli/run.ts';

const CONTENT_ID = 'ab'.repeat(32);

async function run(argv: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const collect = (name: keyof typeof said): Writable => new Writable({
    write(chunk: Buffer, _encoding, done) {
      said[name] += chunk.toString();
      done();
    },
  });
  const code = await runCommand(argv, {
    terminal: { stdout: collect('stdout'), stderr: collect('stderr') }, now: () => performance.now(), signal: new AbortController().signal,
  });
  return { code, ...said };
}

test('wrong words exit with 2 and say what would be right', async (t) => {
  for (const [argv, sentence] of [
    [['fetch'], /no command "fetch"/],
    [['list', '--frm', 'http://node'], /--frm/],
    [['get'], /one address of a video or one content id/],
    [['get', 'not-an-id'], /neither a content id/],
    [['get', `http://node/${CONTENT_ID}`], /neither a content id/],
    [['get', CONTENT_ID, '--policy', 'cheapest'], /cdn-first, swarm-first, both/],
    [['get', CONTENT_ID, '--timeout', 'soon'], /--timeout is "soon"/],
    [['get', CONTENT_ID, '--max-upload-mbps', '-1'], /--max-upload-mbps/],
    [['put', 'film.mp4'], /--to URL/],
    [['put', 'film.mp4', '--to', 'ftp://x'], /not the address of a node/],
    [['put', 'film.mp4', '--to', 'http://localhost:1'], /admin token/],
    [['seed', '--to', 'http://localhost:1'], /one file or more/],
    [['seed', 'film.mp4'], /--to URL/],
  ] as const) {
    const { code, stdout, stderr } = await run(argv);
    t.equal(code, 2, argv.join(' '));
    t.match(stderr, sentence);
    t.equal(stdout, '', 'standard output is for results');
  }
});

test('with --json the error is one JSON object on standard error', async (t) => {
  const { stderr } = await run(['get', 'not-an-id', '--json']);
  t.match(JSON.parse(stderr), { type: 'error', code: 'usage' });
});

test('help and version go to standard output and exit with 0', async (t) => {
  t.match(await run([]), { code: 0, stdout: /software-switch get/ });
  t.match(await run(['--version']), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ });
});

test('an address of a video names its node too, with its base path', async (t) => {
  for (const address of ['/videos/', '/api/videos/']) {
    t.match(parseArguments(['get', `https://nas.example/tv${address}${CONTENT_ID}`]), { contentId: CONTENT_ID, from: ['https://nas.example/tv'] });
  }
  t.match(parseArguments(['get', `http://a:8080/videos/${CONTENT_ID}/content`, '--from', 'http://b:8080/']), { from: ['http://a:8080', 'http://b:8080'] });
  t.match(parseArguments(['get', CONTENT_ID]), { from: ['http://localhost:8080'], policy: 'cdn-first', timeoutMs: 0, seed: false });
});
