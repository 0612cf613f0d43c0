/** Looks again and again, and shows what it saw: in place on a terminal, else only what has changed. */

import type { Failure, Result } from '../failure.ts';
import { onScreen, stamped } from '../report/watch-text.ts';
import type { Ending } from './exit.ts';
import { interruptedOr } from './history.ts';
import type { Io } from './io.ts';
import { failed } from './store-failure.ts';
import { tell } from './tell.ts';

export interface Seen {
  /** The same as before: nothing has changed but the time. */
  readonly key: string;
  readonly text: string;
  /** One document, on one line. */
  readonly json: string;
  /** For standard error. */
  readonly complaints: string;
}

const EVERY_MS = 2000;

/**
 * Until somebody ends it. Where looking fails for the first time there is nothing to watch; later it is said, and
 * tried again.
 */
export async function watch(
  io: Io,
  asksJson: boolean,
  look: () => Promise<Result<Seen>>,
): Promise<Ending> {
  let last: string | undefined;
  for (;;) {
    const seen = await look();
    if (!seen.ok && last === undefined) return interruptedOr(failed(seen.failure), io);
    const key = seen.ok ? seen.value.key : `${seen.failure.kind} ${messageOf(seen.failure)}`;
    const isNew = key !== last;
    last = key;
    if (seen.ok) show(seen.value, isNew, asksJson, io);
    else if (isNew && !io.signal.aborted) await tell(seen.failure, io);
    if (!io.signal.aborted) await io.sleep(EVERY_MS);
    if (io.signal.aborted) return interruptedOr(failed(STOPPED), io);
  }
}

function show({ text, json, complaints }: Seen, isNew: boolean, asksJson: boolean, io: Io): void {
  const inPlace = io.outIsTerminal && io.env['TERM'] !== 'dumb' && !asksJson;
  if (!inPlace && !isNew) return;
  if (inPlace) io.out(onScreen(text, io.now(), EVERY_MS));
  else io.out(asksJson ? `${json}\n` : stamped(text, io.now()));
  io.err(complaints);
}

const STOPPED: Failure = { kind: 'interrupted', signal: 'SIGINT' };

function messageOf(failure: Failure): string {
  return 'message' in failure ? failure.message : '';
}
