/** The port that the requests of an environment come to: taken before anything is switched, and moved without a gap. */

import { fail, ok, type Result } from '../../../failure.ts';
import { createSplitter, type Splitter, type Switchboard } from './splitter/splitter.ts';
import type { Listen } from './wire.ts';

/** Between two tries for a port that another program has. */
const RETRY_MS = 500;
/** What open requests are given when the port moves. */
const MOVE_GRACE_MS = 30_000;

export interface FrontDoor {
  /** Why nobody can come in now: the port is taken. */
  readonly problem: string | undefined;
  /** Gets hold of the port; the failure says why not. Requests come in at once, the old port closes with `take`. */
  prepare(listen: Listen): Promise<Result<Opened, string>>;
  /** Tries for the port until it can be had. */
  keepOpen(listen: Listen): void;
  close(): Promise<void>;
}

export interface Opened {
  take(): void;
  discard(): void;
}

interface Open {
  readonly listen: Listen;
  readonly splitter: Splitter;
}

export function createFrontDoor(switchboard: Switchboard, log: (line: string) => void): FrontDoor {
  let now: Open | undefined;
  let problem: string | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function open(listen: Listen): Promise<Result<Open, string>> {
    const splitter = createSplitter(listen, switchboard);
    const listening = await splitter.listen();
    return listening.ok ? ok({ listen, splitter }) : fail(listening.failure);
  }

  function take(opened: Open): void {
    if (now !== undefined) void now.splitter.close(MOVE_GRACE_MS);
    clearTimeout(retry);
    now = opened;
    problem = undefined;
    log(`listening on ${opened.listen.host} port ${opened.listen.port}`);
  }

  async function tryFor(listen: Listen): Promise<void> {
    if (isClosed || now !== undefined) return;
    const opened = await open(listen);
    if (isClosed || now !== undefined) {
      if (opened.ok) void opened.value.splitter.close(0);
    } else if (opened.ok) take(opened.value);
    else {
      if (problem !== opened.failure) log(opened.failure);
      problem = opened.failure;
      retry = setTimeout(() => void tryFor(listen), RETRY_MS);
    }
  }

  return {
    get problem() {
      return problem;
    },
    async prepare(listen) {
      const isSame = now?.listen.host === listen.host && now.listen.port === listen.port;
      if (isSame) return ok({ take: () => undefined, discard: () => undefined });
      const opened = await open(listen);
      if (!opened.ok) return opened;
      const { splitter } = opened.value;
      return ok({ take: () => take(opened.value), discard: () => void splitter.close(0) });
    },
    keepOpen: (listen) => void tryFor(listen),
    async close() {
      isClosed = true;
      clearTimeout(retry);
      await now?.splitter.close(0);
    },
  };
}
