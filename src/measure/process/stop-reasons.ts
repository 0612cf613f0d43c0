/** Why a running process should be ended before it is done. */
import type { OutputFiles, StreamName } from './output-files.ts';

/** `setTimeout` fires at once above this, in ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
export type Stop =
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'output_capped'; readonly stream: StreamName };

/** Each promise settles when its reason arrives and stays pending otherwise. */
export interface StopReasons {
  readonly any: Promise<Stop>;
  readonly capped: Promise<Stop>;
  readonly aborted: Promise<Stop>;
  /** Ends the timers, so that they hold up nobody. */
  clear(): void;
}

/** Starts the clock now; looks at the size of the output every `pollMs`. */
export function stopReasons(
  output: OutputFiles,
  capBytes: number,
  timeoutMs: number,
  signal: AbortSignal,
  pollMs: number,
): StopReasons {
  const timedOut = Promise.withResolvers<Stop>();
  const capped = Promise.withResolvers<Stop>();
  const aborted = Promise.withResolvers<Stop>();
  const onTimeout = (): void => timedOut.resolve({ kind: 'timed_out' });
  const onAbort = (): void => aborted.resolve({ kind: 'aborted' });
  const timer = setTimeout(onTimeout, Math.min(timeoutMs, LONGEST_TIMER_MS));
  const poll = setInterval(() => {
    const stream = output.overCap(capBytes);
    if (stream !== undefined) capped.resolve({ kind: 'output_capped', stream });
  }, pollMs);
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    any: Promise.race([timedOut.promise, capped.promise, aborted.promise]),
    capped: capped.promise,
    aborted: aborted.promise,
    clear() {
      clearTimeout(timer);
      clearInterval(poll);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
