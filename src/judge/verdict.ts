/**
 * From readings to a verdict. First match wins:
 *
 *   blocked    a blocking rule fired, or a blocking check failed
 *   undecided  a blocking sentence cannot be told, or none was measured
 *   warned     a warning fired, a check failed softly, or an absence was tolerated
 *   passed     everything that was asked holds
 */

import {
  evaluateSentence,
  explainSentence,
  type Known,
  type Outcome,
  type Readings as LanguageReadings,
} from '../language/index.ts';
import type { Agent, GateName, Sentence } from './agent.ts';
import { typeScope, type Catalogue } from './catalogue.ts';
import type { Readings, Tolerance } from './reading.ts';

/** What a sentence says about the release, after its role is taken into account. */
export type Standing =
  | { readonly kind: 'good' }
  | { readonly kind: 'bad' }
  | { readonly kind: 'not_applicable'; readonly why: string }
  /** Cannot be told. `tolerated` is set when every absence behind it is accepted in advance. */
  | { readonly kind: 'untold'; readonly why: string; readonly tolerated: readonly Tolerance[] };

export interface JudgedSentence {
  readonly sentence: Sentence;
  readonly standing: Standing;
  /** Lines that say why: values, limits, margins. */
  readonly explanation: readonly string[];
}

export type VerdictKind = 'blocked' | 'undecided' | 'warned' | 'passed';

export interface GateVerdict {
  readonly gate: GateName;
  readonly kind: VerdictKind;
  /** `observe` gates are judged in full and never change the exit code. */
  readonly mode: 'enforce' | 'observe';
  readonly sentences: readonly JudgedSentence[];
  /** The sentences that made the verdict what it is; empty for `passed` and for "nothing was measured". */
  readonly reasons: readonly JudgedSentence[];
}

/** Everything a sentence may look at besides its own text. */
export interface Evidence {
  readonly catalogue: Catalogue;
  readonly readings: Readings;
  /** Metric values of the last good state; a metric without one cannot be compared with it. */
  readonly baseline: ReadonlyMap<string, Known>;
}

export function judgeGate(
  gate: GateName,
  mode: 'enforce' | 'observe',
  agents: readonly Agent[],
  evidence: Evidence,
): GateVerdict {
  const sentences = agents.flatMap((agent) => judgeAgent(agent, evidence));
  const blocking = sentences.filter(({ sentence }) => sentence.level === 'block');
  const bad = blocking.filter(({ standing }) => standing.kind === 'bad');
  if (bad.length > 0) return { gate, kind: 'blocked', mode, sentences, reasons: bad };

  const untold = blocking.filter(({ standing }) => isUntold(standing));
  const asked = blocking.filter(({ standing }) => standing.kind !== 'not_applicable');
  if (untold.length > 0 || asked.length === 0) {
    return { gate, kind: 'undecided', mode, sentences, reasons: untold };
  }

  const soft = sentences.filter(
    ({ standing }) => standing.kind === 'bad' || standing.kind === 'untold',
  );
  return { gate, kind: soft.length > 0 ? 'warned' : 'passed', mode, sentences, reasons: soft };
}

/** Cannot be told, and nobody accepted that in advance. */
function isUntold(standing: Standing): boolean {
  return standing.kind === 'untold' && standing.tolerated.length === 0;
}

export function judgeAgent(agent: Agent, evidence: Evidence): readonly JudgedSentence[] {
  const scope = typeScope(evidence.catalogue, agent.sections);
  const outcomes = new Map<Sentence, Outcome>();
  const readingsFor = (asking: Sentence): LanguageReadings => ({
    metric: (name) => known(evidence.readings, name),
    baseline: (name) =>
      evidence.baseline.get(name) ?? { kind: 'missing', why: 'no baseline is known' },
    section: (name) =>
      [...outcomes]
        .filter(([s]) => s.sections.includes(name))
        .filter(([s]) => !(s.softened && asking.level === 'block'))
        .map(([, outcome]) => outcome),
  });
  // Checks first: a rule may ask about a whole section of them.
  const inOrder = [...agent.sentences].sort(
    (a, b) => Number(a.role === 'rule') - Number(b.role === 'rule'),
  );
  for (const sentence of inOrder) {
    outcomes.set(sentence, evaluateSentence(sentence.expr, scope, readingsFor(sentence)));
  }
  return agent.sentences.map((sentence) => ({
    sentence,
    standing: standingOf(sentence, outcomes.get(sentence)!, evidence.readings),
    explanation: explainSentence(sentence.expr, scope, readingsFor(sentence)),
  }));
}

function standingOf(sentence: Sentence, outcome: Outcome, readings: Readings): Standing {
  switch (outcome.kind) {
    case 'true':
      return { kind: sentence.role === 'check' ? 'good' : 'bad' };
    case 'false':
      return { kind: sentence.role === 'check' ? 'bad' : 'good' };
    case 'not_applicable':
      return { kind: 'not_applicable', why: reasonsOf(outcome.because) };
    case 'unknown':
      return {
        kind: 'untold',
        why: reasonsOf(outcome.because),
        tolerated: toleratedAll(
          outcome.because.map(({ metric }) => metric),
          readings,
        ),
      };
  }
}

function reasonsOf(because: readonly { metric: string; why: string }[]): string {
  const whys = [...new Set(because.map(({ why }) => why))];
  return whys.length === 0 ? 'nothing was measured' : whys.join('; ');
}

/** The tolerances behind these metrics when every missing one has one, else none. */
export function toleratedAll(metrics: readonly string[], readings: Readings): readonly Tolerance[] {
  const found: Tolerance[] = [];
  for (const metric of metrics) {
    const reading = readings.get(metric);
    if (reading?.kind === 'not_applicable') continue;
    if (reading?.kind !== 'missing' || reading.toleratedBy === undefined) return [];
    if (!found.includes(reading.toleratedBy)) found.push(reading.toleratedBy);
  }
  return found;
}

/** A reading as the language sees it. */
export function known(readings: Readings, name: string): Known {
  const reading = readings.get(name);
  if (reading === undefined) return { kind: 'missing', why: `nothing measured ${name}` };
  switch (reading.kind) {
    case 'measured':
      return { kind: 'value', value: reading.value };
    case 'not_applicable':
      return { kind: 'not_applicable', why: reading.why };
    case 'missing':
      return { kind: 'missing', why: reading.why };
  }
}
