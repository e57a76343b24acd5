/** The terminal's bar tells who gave each piece, and figures keep their units. */
import { test } from 'tap';
import { formatBytes, formatDuration, formatMbps } from '../../../../server/cli/format.ts';
import { bytesBySource, sourceBar } from '../../../../server/cli/progress-line.ts';

test('each cell shows the source of most of its pieces', async (t) => {
  t.equal(sourceBar(Uint8Array.of(1, 1, 2, 2, 3, 3, 0, 4), 4, false), 'CVS·');
  t.equal(sourceBar(Uint8Array.of(1, 1, 1, 2), 1, false), 'C');
  t.equal(sourceBar(Uint8Array.of(1, 2), 4, false), 'CCVV', 'fewer pieces than cells');
});

test('with colours, neighbours of one source share one colour code', async (t) => {
  t.equal(sourceBar(Uint8Array.of(1, 1, 2), 3, true), '\u001b[38;5;33m██\u001b[38;5;214m█\u001b[0m');
});

test('bytes are told by source', async (t) => {
  t.equal(bytesBySource({ cdn: 1_500_000, peers: 999, seeder: 0 }, false), 'CDN 1.50 MB  viewers 999 B  seeder 0 B');
});

test('figures have decimal units, and times hours only when there are any', async (t) => {
  t.equal(formatBytes(0), '0 B');
  t.equal(formatBytes(12_345_678), '12.3 MB');
  t.equal(formatBytes(5_000_000_000_000_000), '5000.0 TB');
  t.equal(formatMbps(3.14159), '3.1 Mb/s');
  t.equal(formatMbps(312.4), '312 Mb/s');
  t.equal(formatDuration(61_000), '1:01');
  t.equal(formatDuration(3_661_000), '1:01:01');
});
