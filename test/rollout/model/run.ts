/** Plays many histories, and makes what fails small enough to be understood. */

import { brokenLaws } from './laws.ts';
import { play } from './history.ts';
import { specOf, type Spec } from './spec.ts';

export interface Tally {
  readonly histories: number;
  /** How often each way of ending came. */
  readonly endings: Readonly<Record<string, number>>;
  readonly wrong: readonly { readonly seed: number; readonly laws: readonly string[] }[];
}

/** @param stop is asked before each history */
export async function playMany(
  from: number,
  count: number,
  stop: () => boolean = () => false,
): Promise<Tally> {
  const endings: Record<string, number> = {};
  const wrong: { seed: number; laws: readonly string[] }[] = [];
  let histories = 0;
  for (let seed = from; seed < from + count && !stop(); seed += 1) {
    histories += 1;
    const laws = await lawsBrokenBy(specOf(seed), endings);
    if (laws.length > 0) wrong.push({ seed, laws });
  }
  return { histories, endings, wrong };
}

export async function lawsBrokenBy(
  spec: Spec,
  endings: Record<string, number> = {},
): Promise<readonly string[]> {
  try {
    const played = await play(spec);
    for (const ended of played.ended) {
      const kind = ended.kind === 'outcome' ? ended.outcome.kind : 'refused';
      endings[kind] = (endings[kind] ?? 0) + 1;
    }
    return await brokenLaws(played);
  } catch (error) {
    return [`thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}

/** The smallest history that still breaks a law: acts, faults and disturbances are left out one by one. */
export async function shrink(spec: Spec): Promise<Spec> {
  for (const smaller of smallerThan(spec))
    if ((await lawsBrokenBy(smaller)).length > 0) return shrink(smaller);
  return spec;
}

function* smallerThan(spec: Spec): Generator<Spec> {
  for (const key of ['ops', 'driverFaults', 'storeFaults'] as const)
    for (const [index] of spec[key].entries())
      yield { ...spec, [key]: spec[key].filter((_, other) => other !== index) };
  for (const [index, op] of spec.ops.entries()) {
    const changed = (change: Partial<typeof op>) => ({
      ...spec,
      ops: spec.ops.map((other, place) => (place === index ? { ...op, ...change } : other)),
    });
    if (op.meanwhile.length > 0) yield changed({ meanwhile: op.meanwhile.slice(1) });
    if (op.ending.kind !== 'undisturbed') yield changed({ ending: { kind: 'undisturbed' } });
  }
  if (spec.instances > 1) yield { ...spec, instances: 1 };
  if (spec.health !== 'good') yield { ...spec, health: 'good' };
}
