/** What is known of a metric, what a sentence comes to, and logic with three values. */

/** A value in the base unit of its metric: ratio 0..1, ms, bytes, per second. */
export type Datum = number | boolean | string;

/** What is known of one metric now. */
export type Known =
  | { readonly kind: 'value'; readonly value: Datum }
  | { readonly kind: 'not_applicable'; readonly why: string }
  | { readonly kind: 'missing'; readonly why: string };

/** Why something cannot be told. `metric` may be a section or an expression where no metric is to blame. */
export interface Cause {
  readonly metric: string;
  readonly why: string;
}

export type Outcome =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | { readonly kind: 'unknown'; readonly because: readonly Cause[] }
  | { readonly kind: 'not_applicable'; readonly because: readonly Cause[] };

/** Where an evaluation looks up what was measured. */
export interface Readings {
  metric(name: string): Known;
  baseline(name: string): Known;
  /** the outcomes of the sentences of that section, in the same agent */
  section(name: string): readonly Outcome[];
}

type Undetermined = Extract<Outcome, { because: unknown }>;

export function outcomeOf(holds: boolean): Outcome {
  return { kind: holds ? 'true' : 'false' };
}

export function isUndetermined<T extends { readonly kind: string }>(
  outcome: T,
): outcome is Extract<T, { kind: 'unknown' | 'not_applicable' }> {
  return outcome.kind === 'unknown' || outcome.kind === 'not_applicable';
}

/** `and`: one false decides; else whatever is undetermined stays so. */
export function conjunction(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.some((outcome) => outcome.kind === 'false')) return outcomeOf(false);
  return undetermined(outcomes.filter((outcome) => isUndetermined(outcome))) ?? outcomeOf(true);
}

/** `or`: one true decides; else whatever is undetermined stays so. */
export function disjunction(outcomes: readonly Outcome[]): Outcome {
  return negation(conjunction(outcomes.map(negation)));
}

/** `not`: what is undetermined stays so. */
export function negation(outcome: Outcome): Outcome {
  return isUndetermined(outcome) ? outcome : outcomeOf(outcome.kind === 'false');
}

/** `any(section)` or `all(section)`: what does not apply is left out; nothing left does not apply either. */
export function sectionOutcome(
  quantifier: 'any' | 'all',
  section: string,
  outcomes: readonly Outcome[],
): Outcome {
  const applying = outcomes.filter((outcome) => outcome.kind !== 'not_applicable');
  if (applying.length === 0) {
    const why = 'no sentence of this section applies here';
    return { kind: 'not_applicable', because: [{ metric: section, why }] };
  }
  const all = conjunction(applying);
  return quantifier === 'all' ? all : negation(all);
}

/** Several undetermined parts as one: unknown as soon as one is, and then only the unknown ones are named. */
export function undetermined(parts: readonly Undetermined[]): Undetermined | undefined {
  if (parts.length === 0) return undefined;
  const missing = parts.filter((part) => part.kind === 'unknown');
  const because = distinct((missing.length > 0 ? missing : parts).flatMap((part) => part.because));
  return { kind: missing.length > 0 ? 'unknown' : 'not_applicable', because };
}

function distinct(causes: readonly Cause[]): readonly Cause[] {
  const seen = new Map<string, Cause>();
  for (const cause of causes) seen.set(JSON.stringify([cause.metric, cause.why]), cause);
  return [...seen.values()];
}
