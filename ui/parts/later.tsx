/** A part of the page that is loaded when it is first shown, and says so when it does not come. */
import type { FunctionComponent, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';

interface LaterProps<P> {
  readonly load: () => Promise<FunctionComponent<P>>;
  readonly props: P;
  /** In its place when it does not come. Default: what a whole page says. */
  readonly failed?: JSX.Element;
}

export function Later<P extends object>({ load, props, failed: instead }: LaterProps<P>): JSX.Element | null {
  const part = useSignal<{ readonly component: FunctionComponent<P> } | null>(null);
  const failed = useSignal(false);
  useEffect(() => {
    const fetchPart = async (): Promise<void> => {
      try {
        part.value = { component: await load() };
      } catch {
        failed.value = true;
      }
    };
    void fetchPart();
  }, [load, part, failed]);
  if (failed.value) {
    return instead ?? (
      <div class="whole">
        <h1>This page did not load</h1>
        <p>The appliance did not answer, or it was updated meanwhile. Load the page again.</p>
        <button type="button" class="button primary" onClick={() => window.location.reload()}>Load again</button>
      </div>
    );
  }
  const Component = part.value?.component;
  return Component === undefined ? null : <Component {...props} />;
}
