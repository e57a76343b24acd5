/** The minute, for ages: one clock for the whole page, so that they change together and seldom. */
import { signal } from '@preact/signals';

export const nowMs = signal(Date.now());

setInterval(() => { nowMs.value = Date.now(); }, 60_000);
