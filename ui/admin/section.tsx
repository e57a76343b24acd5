/** A part of the admin page: a heading, and what stands below it while it loads, when it does not come, and when it is there. */
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { Problem } from '../parts/problem.tsx';
import type { Polled } from './polled.ts';

export function Section({ title, aside, children, wide = false }: {
  readonly title: string; readonly aside?: ComponentChildren; readonly children: ComponentChildren; readonly wide?: boolean;
}): JSX.Element {
  const id = useId();
  return (
    <section aria-labelledby={id} class={wide ? 'wide' : ''}>
      <div class="section-head"><h2 id={id}>{title}</h2>{aside}</div>
      {children}
    </section>
  );
}

/** What was answered before stays, with the reason that there is nothing newer; the banner on top says that the node is silent. */
export function Answered<T>({ polled, children }: { readonly polled: Polled<T>; readonly children: (value: T) => JSX.Element }): JSX.Element {
  const value = polled.value.value;
  const error = polled.error.value;
  if (value !== null) return <>{error === null || error.isUnreachable ? null : <Problem error={error} />}{children(value)}</>;
  if (error === null) return <div class="loading" aria-busy="true"><span class="visually-hidden">Loading</span><div class="bone line" /><div class="bone line" /></div>;
  return (
    <div class="not-there">
      <Problem error={error} />
      <button type="button" class="button" onClick={polled.again}>Try again</button>
    </div>
  );
}
