/** What came of the waivers in a run: what they covered, and those that need a person. */

import type { Agent, GateName } from '../judge/agent.ts';
import type { JudgedSentence, GateVerdict } from '../judge/verdict.ts';
import {
  coversSentence,
  expiresSoon,
  gateOf,
  hasExpired,
  type WaivedFinding,
  type Waiver,
} from '../judge/waiver.ts';
import type { RunnerResult } from './result.ts';

export interface Waived {
  readonly findings: readonly (WaivedFinding & { readonly runner: string })[];
  /** Sentences that are bad and accepted; the gate says which of two of one text. */
  readonly sentences: readonly { readonly gate: GateName; readonly judged: JudgedSentence }[];
  /** They block, each in its gate. */
  readonly expired: readonly Waiver[];
  /** They end within two weeks. */
  readonly soon: readonly Waiver[];
  /** What they are about was measured, and nothing of it needs them. */
  readonly unused: readonly Waiver[];
}

export interface WaiverRun {
  readonly waivers: readonly Waiver[];
  readonly today: string;
  readonly agents: readonly Agent[];
  readonly results: ReadonlyMap<string, RunnerResult>;
  /** Everything was asked: then also what no runner or sentence of this run is about counts. */
  readonly isWhole: boolean;
}

/** The expired waivers that stop a gate; in a partial run only those that are about what it measured. */
export function expiredIn(verdict: GateVerdict, run: WaiverRun): readonly Waiver[] {
  return run.waivers
    .filter((waiver) => hasExpired(waiver, run.today))
    .filter((waiver) => gateOf(waiver, run.agents) === verdict.gate)
    .filter((waiver) => run.isWhole || isTold(waiver, [verdict], run));
}

export function waivedIn(verdicts: readonly GateVerdict[], run: WaiverRun): Waived {
  const findings = [...run.results.values()].flatMap(({ id, measurement }) =>
    (measurement.waived ?? []).map((waived) => ({ ...waived, runner: id })),
  );
  const sentences = verdicts.flatMap(({ gate, sentences: all }) =>
    all.filter(({ waivedBy }) => waivedBy !== undefined).map((judged) => ({ gate, judged })),
  );
  const used = new Set([
    ...findings.map(({ waiver }) => waiver),
    ...sentences.map(({ judged }) => judged.waivedBy),
  ]);
  const holding = run.waivers.filter((waiver) => !hasExpired(waiver, run.today));
  return {
    findings,
    sentences,
    expired: verdicts.flatMap(({ expired = [] }) => expired),
    soon: holding.filter((waiver) => expiresSoon(waiver, run.today)),
    unused: holding.filter((waiver) => !used.has(waiver) && isTold(waiver, verdicts, run)),
  };
}

/** Whether what it is about was measured here: an absence neither needs a waiver nor proves one needless. */
function isTold(waiver: Waiver, verdicts: readonly GateVerdict[], { results }: WaiverRun): boolean {
  const { what } = waiver;
  if (what.kind === 'finding') {
    const { state } = results.get(what.tool)?.measurement ?? {};
    return state === 'clean' || state === 'findings';
  }
  const covered = verdicts.flatMap(({ gate, sentences }) =>
    sentences.filter(({ sentence }) => coversSentence(waiver, gate, sentence)),
  );
  return (
    covered.length > 0 &&
    covered.every(({ standing }) => standing.kind === 'good' || standing.kind === 'bad')
  );
}
