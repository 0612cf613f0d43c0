/** Rules first, score second: one word for the whole release. Points never buy back a veto. */

import type { ScorePlan } from './agent.ts';
import type { Score } from './score.ts';
import type { GateVerdict } from './verdict.ts';

export type ReadinessKind = 'blocked' | 'undecided' | 'ready' | 'caution';

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
  const ready = bands.ready * 100;
  const caution = bands.caution * 100;

  const blocked = enforced.filter(({ kind }) => kind === 'blocked');
  if (blocked.length > 0) return { kind: 'blocked', because: blocked.map(gateIs) };
  if (score?.high !== undefined && score.high < caution) {
    return {
      kind: 'blocked',
      because: [`the score is at most ${shown(score.high)}, below ${shown(caution)}`],
    };
  }

  const undecided = enforced.filter(({ kind }) => kind === 'undecided');
  if (undecided.length > 0) return { kind: 'undecided', because: undecided.map(gateIs) };
  if (score !== undefined && (score.low === undefined || score.low < caution)) {
    const why =
      score.low === undefined
        ? 'nothing that the score counts was measured'
        : `the score may be as low as ${shown(score.low)}, below ${shown(caution)}`;
    return { kind: 'undecided', because: [why] };
  }

  const tolerated = toleratedAbsences(enforced, score);
  if (tolerated.length > 0) return { kind: 'caution', because: tolerated };
  if (score?.low !== undefined && score.low < ready) {
    return {
      kind: 'caution',
      because: [`the score is ${shown(score.low)}, ready is ${shown(ready)}`],
    };
  }
  return { kind: 'ready', because: [] };
}

const gateIs = ({ gate, kind }: GateVerdict): string => `the ${gate} gate is ${kind}`;

function toleratedAbsences(verdicts: readonly GateVerdict[], score: Score | undefined): string[] {
  const found = new Set<string>();
  const sentences = verdicts.flatMap((verdict) => verdict.sentences);
  for (const { standing } of sentences) {
    if (standing.kind === 'untold')
      for (const t of standing.tolerated) found.add(`${t.runner}: ${t.state}`);
  }
  for (const metric of score?.components.flatMap((component) => component.metrics) ?? []) {
    if (metric.kind === 'missing')
      for (const t of metric.tolerated) found.add(`${t.runner}: ${t.state}`);
  }
  return [...found].map((absence) => `tolerated: ${absence}`);
}

/** One decimal at the most, and never rounded up to a band it has not reached. */
function shown(points: number): string {
  return String(Math.floor(points * 10 + 1e-6) / 10);
}
