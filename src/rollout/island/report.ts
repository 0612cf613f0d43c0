/** Tells an emergency rollback: progress to standard error as it happens, the result to standard output. */

import type { ReleaseRecord } from '../../history/records.ts';
import type { Known } from '../last-good.ts';
import type { Recorded } from './mainland.ts';
import { clockTime, mouth, plain } from './say.ts';
import type { Asked } from './words.ts';

export interface Done {
  /** Since the process began. */
  readonly seconds: string;
  readonly switchedMs: number;
  readonly good: ReleaseRecord | null;
  readonly bad: ReleaseRecord | null;
  readonly known: Known;
  readonly recorded: Recorded;
}

export interface Report {
  begins(where: string): void;
  goes(way: { readonly from: string; readonly to: string }, env: Env): void;
  did(what: string): void;
  warns(what: string): void;
  /** A person has to say more. */
  asks(what: string, commands: readonly string[]): void;
  failed(what: string, help: readonly string[]): void;
  unchanged(what: string, help: readonly string[]): void;
  done(done: Done): void;
}

type Env = Readonly<Record<string, string | undefined>>;

export function reportTo({ json, quiet }: Pick<Asked, 'json' | 'quiet'>): Report {
  const acts: { at: string; what: string }[] = [];
  const err = (text: string): void => mouth.err(`${plain(text)}\n`);
  const shown = (text: string): void => (quiet ? undefined : err(text));
  const result = (outcome: string, more: object): void => {
    const document = { schema: 'nemesis.immediate-rollback/1', outcome, ...more, acts };
    mouth.out(`${JSON.stringify(document, null, 2)}\n`);
  };
  const complain = (outcome: string, what: string, help: readonly string[]): void => {
    err(`✖ ${what}`);
    for (const line of help) err(`  ${line}`);
    if (json) result(outcome, { message: what, help });
  };
  return {
    begins: (where) => shown(where),
    goes({ from, to }, env) {
      const who = env['USER'] || env['LOGNAME'];
      shown(`${from} → ${to}${who ? ` · as ${who}` : ''}`);
    },
    did(what) {
      const now = new Date();
      acts.push({ at: now.toISOString(), what });
      shown(`${clockTime(now)} ${what}`);
    },
    warns: (what) => err(`warning: ${what}`),
    asks: (what, commands) => complain('asked_wrongly', what, commands),
    failed: (what, help) => complain('rollback_failed', what, help),
    unchanged(what, help) {
      if (json) return result('unchanged', { message: what });
      mouth.out(`${plain(what)}\n`);
      for (const line of help) shown(`  ${line}`);
    },
    done({ seconds, switchedMs, good, bad, known, recorded }) {
      const { service, environment } = known;
      const outcome = good === null ? 'withdrawn' : 'rolled_back';
      const { kind, deployment } = { deployment: null, ...recorded };
      const versions = { from: bad?.version ?? null, to: good?.version ?? null };
      const release = `nemesis deploy:unfreeze ${environment}`;
      if (json)
        return result(outcome, {
          ...{ service, environment, ...versions, switched_ms: switchedMs },
          record: { kind, deployment, ...('why' in recorded && { why: recorded.why }) },
          ...{ pinned: true, release },
        });
      const word = good === null ? 'WITHDRAWN' : 'ROLLED BACK';
      const serves = good === null ? 'nothing serves' : 'seen by observe';
      const pinned = kind === 'lost' ? [] : ['pinned: deploys now exit 8'];
      const line = [`✔ ${word} in ${seconds} s, ${serves}`, recordText(recorded), ...pinned];
      mouth.out(`${plain(line.join(' · '))}\n`);
      shown(`  to release: ${release}`);
    },
  };
}

function recordText(recorded: Recorded): string {
  switch (recorded.kind) {
    case 'store':
      return `record ${recorded.deployment.slice(0, 8)}`;
    case 'spool':
      return `record ${recorded.deployment.slice(0, 8)} kept here until the history can be written (${recorded.why})`;
    case 'lost':
      return 'not recorded';
  }
}
