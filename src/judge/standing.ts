/** What one sentence says about the release, and which accepted absences lie behind one that says nothing. */

import type { Cause, Known, Outcome } from '../language/index.ts';
import type { Sentence } from './agent.ts';
import type { Catalogue } from './catalogue.ts';
import type { Readings, Tolerance } from './reading.ts';
import type { Waiver } from './waiver.ts';

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
  /** It is bad, and may be until then: it warns at most. */
  readonly waivedBy?: Waiver;
  /** Lines that say why: values, limits, margins. */
  readonly explanation: readonly string[];
}

/** Everything a sentence may look at besides its own text. */
export interface Evidence {
  readonly catalogue: Catalogue;
  readonly readings: Readings;
  /** Metric values of the last good state; a metric without one cannot be compared with it. */
  readonly baseline: ReadonlyMap<string, Known>;
  /** Only a change was asked about: where nothing of it is a gate's business, nothing stands against it. */
  readonly ofChange?: boolean;
  /** Those that have not expired. */
  readonly waivers?: readonly Waiver[];
}

export function standingOf(sentence: Sentence, outcome: Outcome, readings: Readings): Standing {
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
        tolerated: toleratedAll(outcome.because, readings),
      };
  }
}

function reasonsOf(because: readonly Cause[]): string {
  const whys = [...new Set(because.map(({ why }) => why))];
  return whys.length === 0 ? 'nothing was measured' : whys.join('; ');
}

/** The tolerances behind these causes when every one is an accepted absence, else none. */
export function toleratedAll(because: readonly Cause[], readings: Readings): readonly Tolerance[] {
  const found = new Set<Tolerance>();
  for (const { metric, why } of because) {
    const reading = readings.get(metric);
    if (reading?.kind !== 'missing' || reading.toleratedBy === undefined) return [];
    // The same metric may lack its baseline too: that is another absence, and nobody accepted it.
    if (reading.why !== why) return [];
    found.add(reading.toleratedBy);
  }
  return [...found];
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
