/** Rules first, score second: one word for the whole release. Points never buy back a veto. */

import type { ScorePlan } from './agent.ts';
import { tidy, type Score } from './score.ts';
import type { GateVerdict, VerdictKind } from './verdict.ts';

type ReadinessKind = 'blocked' | 'undecided' | 'ready' | 'caution';

export interface Readiness {
  readonly kind: ReadinessKind;
  /** What decided, for people: one line each. */
  readonly because: readonly string[];
}

/** First match wins; `score` is absent when only a part of the gates was asked. */
export function readinessOf(
  verdicts: readonly GateVerdict[],
  score: Score | undefined,
  bands: ScorePlan['bands'],
): Readiness {
  const enforced = verdicts.filter(({ mode }) => mode === 'enforce');
  const ready = tidy(bands.ready * 100);
  const caution = tidy(bands.caution * 100);
  if (verdicts.length === 0 && score === undefined) {
    return { kind: 'undecided', because: ['no gate was judged'] };
  }
  const blocked = first(gatesThatAre('blocked', enforced), tooLow(score, caution));
  if (blocked.length > 0) return { kind: 'blocked', because: blocked };
  const undecided = first(gatesThatAre('undecided', enforced), maybeTooLow(score, caution));
  if (undecided.length > 0) return { kind: 'undecided', because: undecided };
  const tolerated = toleratedAbsences(enforced, score).map((absence) => `tolerated: ${absence}`);
  const accepted = [...tolerated, ...waivedSentences(enforced).map((text) => `waived: ${text}`)];
  const careful = first(accepted, notYetReady(score, ready));
  if (careful.length > 0) return { kind: 'caution', because: careful };
  return { kind: 'ready', because: [] };
}

/** The first reasons there are: what comes later would only say it again. */
function first(reasons: readonly string[], others: readonly string[]): readonly string[] {
  return reasons.length > 0 ? reasons : others;
}

function gatesThatAre(wanted: VerdictKind, verdicts: readonly GateVerdict[]): string[] {
  const found = verdicts.filter(({ kind }) => kind === wanted);
  return found.map(({ gate, expired = [], reasons }) =>
    expired.length > 0 && reasons.length === 0
      ? `an expired waiver of the ${gate} gate`
      : `the ${gate} gate is ${wanted}`,
  );
}

function tooLow(score: Score | undefined, caution: number): string[] {
  if (score?.high === undefined || score.high >= caution) return [];
  return [`the score is at most ${shown(score.high)}, below ${shown(caution)}`];
}

function maybeTooLow(score: Score | undefined, caution: number): string[] {
  if (score === undefined) return [];
  if (score.low === undefined) return ['nothing that the score counts was measured'];
  if (score.low >= caution) return [];
  return [`the score may be as low as ${shown(score.low)}, below ${shown(caution)}`];
}

function notYetReady(score: Score | undefined, ready: number): string[] {
  if (score?.low === undefined || score.low >= ready) return [];
  return [`the score is ${shown(score.low)}, ready is ${shown(ready)}`];
}

/** Sentences that would block and are accepted until a date. What only warns costs nothing either way. */
export function waivedSentences(verdicts: readonly GateVerdict[]): readonly string[] {
  const waived = verdicts
    .flatMap(({ sentences }) => sentences)
    .filter(({ sentence, waivedBy }) => waivedBy !== undefined && sentence.level === 'block');
  return [...new Set(waived.map(({ sentence }) => sentence.text))];
}

/** What was not measured and is accepted all the same: `npm-audit: backend_unavailable`. */
export function toleratedAbsences(
  verdicts: readonly GateVerdict[],
  score: Score | undefined,
): readonly string[] {
  const standings = verdicts
    .flatMap(({ sentences }) => sentences)
    .map(({ standing }) => standing)
    .filter((standing) => standing.kind === 'untold');
  const metrics = (score?.components ?? [])
    .flatMap((component) => component.metrics)
    .filter((metric) => metric.kind === 'missing');
  const found = [...standings, ...metrics].flatMap(({ tolerated }) => tolerated);
  return [...new Set(found.map(({ runner, state }) => `${runner}: ${state}`))];
}

/** One decimal at the most, and never rounded up to a band it has not reached: points have nine decimals. */
function shown(points: number): string {
  return String(Math.floor(points * 10 + 1e-9) / 10);
}
