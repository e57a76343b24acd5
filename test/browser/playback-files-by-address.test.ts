/** Every container and codec that the browser can play, on plain `http://` by another address of the machine: no secure context. Beside its twin, so that both run at once. */
import { test } from 'tap';
import { playsTheTable } from '../fixtures/playback-table.ts';

test('every playable file plays to its end on plain http by address', (t) => playsTheTable(t, 'address'));
