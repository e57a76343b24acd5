/** The recent log: it grows at its end while it is looked at, can be paused, filtered and copied. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { LOG_LEVELS, type LogLevel, type LogLine, type LogPart } from '../api/admin.ts';
import { getLog } from '../api/client.ts';
import { count } from '../format/numbers.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { LEVEL_WORDS, logText, logWords } from '../words/log-words.ts';
import { usePolled } from './polled.ts';
import { Answered, Section } from './section.tsx';

const INTERVAL_MS = 2_000;
/** As many as the node keeps: of the newest, and of warnings and worse before them. */
const MAX_LINES = 1_000;
const MAX_WARNINGS = 200;
/** Who is this near to the end follows it. */
const NEAR_END_PX = 40;

/** The whole one is found by the filter, and copied. */
const SHORT_ID_CHARS = 8;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** What is new, after what is there; all anew where the node was started again meanwhile. */
async function more(signal: AbortSignal, before: LogPart | null): Promise<LogPart> {
  const part = await getLog(before?.lastSeq ?? 0, signal);
  if (before === null) return part;
  if (part.startedAt !== before.startedAt) return getLog(0, signal);
  return part.items.length === 0 ? before : { ...part, items: bounded([...before.items, ...part.items]) };
}

function bounded(items: readonly LogLine[]): readonly LogLine[] {
  if (items.length <= MAX_LINES) return items;
  const warnings = items.slice(0, -MAX_LINES).filter(({ level }) => LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf('warn'));
  return [...warnings.slice(-MAX_WARNINGS), ...items.slice(-MAX_LINES)];
}

export function LogView(): JSX.Element {
  const isPaused = useSignal(false);
  const log = usePolled(more, INTERVAL_MS, isPaused);
  const level = useSignal<LogLevel>('trace');
  const filter = useSignal('');
  return (
    <Section title="Log" wide>
      <Answered polled={log}>{(part) => {
        const shown = part.items.filter((line) => matches(line, level.value, filter.value));
        return (
          <>
            <div class="filters">
              <label class="select">Level{' '}
                <select class="field" value={level.value} onChange={(event) => { level.value = LOG_LEVELS.find((one) => one === event.currentTarget.value) ?? 'trace'; }}>
                  <option value="trace">All</option><option value="info">Info and worse</option><option value="warn">Warnings and worse</option><option value="error">Errors only</option>
                </select>
              </label>
              <input class="field" type="search" placeholder="Filter, such as a request id" aria-label="Filter the log" autocomplete="off" spellcheck={false}
                value={filter.value} onInput={(event) => { filter.value = event.currentTarget.value; }} />
              <button type="button" class="button" aria-pressed={isPaused.value} onClick={() => {
                isPaused.value = !isPaused.value;
                if (!isPaused.value) log.again();
              }}><Icon name={isPaused.value ? 'play' : 'pause'} /> {isPaused.value ? 'Go on' : 'Pause'}</button>
              <CopyButton label="Copy the log" short="Copy" done="Log copied" text={() => shown.map(logText).join('\n')}
                refused={() => 'This browser does not let a page copy. Mark the lines and copy them by hand.'} />
            </div>
            <Lines lines={shown} isPaused={isPaused.value} />
            <p class="muted">{endWords(part, shown.length, isPaused.value)}</p>
          </>
        );
      }}</Answered>
    </Section>
  );
}

function endWords({ items, oldestSeq }: LogPart, shown: number, isPaused: boolean): string {
  const kept = shown === items.length ? `${count(shown)} lines` : `${count(shown)} of ${count(items.length)} lines`;
  const before = oldestSeq > 1 ? ' Before them, only warnings and errors are kept here; the node’s own log output has all.' : '';
  return `${kept}.${before} ${isPaused ? 'Paused: nothing new is added until you go on.' : 'New lines are added at the end.'}`;
}

function matches(line: LogLine, least: LogLevel, filter: string): boolean {
  if (LOG_LEVELS.indexOf(line.level) < LOG_LEVELS.indexOf(least)) return false;
  return filter.trim() === '' || logText(line).toLowerCase().includes(filter.trim().toLowerCase());
}

function Lines({ lines, isPaused }: { readonly lines: readonly LogLine[]; readonly isPaused: boolean }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const last = lines.at(-1)?.seq;
  useEffect(() => {
    if (isAtEnd.current && !isPaused) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [last, lines.length, isPaused]);
  return (
    // A region that scrolls takes the keyboard's focus. Not read aloud as it grows: that would never end.
    <div class="log" role="log" aria-live="off" aria-label="Log lines" tabindex={0} ref={box}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => { isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX; }}>
      {lines.length === 0 ? <p class="muted">No line to show. With the log level “silent”, or a stricter filter, there is none.</p> : null}
      {lines.map((line) => <Line key={line.seq} line={line} />)}
    </div>
  );
}

function Line({ line }: { readonly line: LogLine }): JSX.Element {
  const { message, details, stack } = useMemo(() => logWords(line), [line]);
  return (
    <div class={`line ${line.level}`}>
      <time dateTime={line.time} title={line.time}>{clock.format(new Date(line.time))}</time>
      <span class="level">{LEVEL_WORDS[line.level]}</span>
      <div>
        {message}
        {details.length === 0 ? null : <span class="muted"> {details.join(' · ')}</span>}
        {line.requestId === null ? null : <span class="muted request-id" title={`Request ${line.requestId}`}> request {line.requestId.slice(0, SHORT_ID_CHARS)}</span>}
        {stack === null ? null : <details><summary>Where it happened</summary><pre>{stack}</pre></details>}
      </div>
    </div>
  );
}
