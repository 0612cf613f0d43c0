/** Random agents, score plans and readings. Seeds are fast-check's; a failure prints the one to repeat it. */

import fc from 'fast-check';
import type { Agent, ScorePlan, Sentence } from '../../src/judge/agent.ts';
import type { Reading } from '../../src/judge/reading.ts';
import type { GateVerdict } from '../../src/judge/verdict.ts';
import { agent, catalogue, check, component, measured, missing, notApplicable } from './world.ts';
import { rule, tolerated } from './world.ts';

const NAMES = [...catalogue.keys()];
const SECTIONS = ['security', 'formatting', 'suites'];

/** Sentences about readings only. */
const FACTS = [
  ...['errors == 0', 'warnings < 10', 'secrets == 0', 'tests > 0', 'coverage >= 75%'],
  ...['formatted == true', 'safe', 'error_rate < 5%', 'errors == 0 and safe', 'not formatted'],
  ...['coverage >= 60% or tests >= 100', 'error_rate <= baseline + 1%', 'errors <= warnings'],
];
/** Sentences about sections: each section, in both ways. */
const SURVEYS = SECTIONS.flatMap((name) => [`any(${name})`, `not any(${name})`, `all(${name})`]);

const levels = fc.constantFrom('block', 'warn');
const places = fc
  .subarray(SECTIONS, { minLength: 1, maxLength: 2 })
  .map((sections): readonly string[] => sections);

function checksFrom(texts: readonly string[]): fc.Arbitrary<Sentence> {
  return fc
    .tuple(fc.constantFrom(...texts), levels, places, fc.boolean())
    .map(([text, level, sections, soft]) =>
      check(text, { level, sections, softened: soft && level === 'warn' }),
    );
}

const rules = fc
  .tuple(fc.constantFrom(...FACTS, ...SURVEYS), levels)
  .map(([text, level]) => rule(text, level));

const sentences = fc.oneof(
  { weight: 6, arbitrary: checksFrom(FACTS) },
  { weight: 1, arbitrary: checksFrom(SURVEYS) },
  { weight: 4, arbitrary: rules },
);

/** Every section exists, so that a sentence may ask about it. */
function withSections(all: readonly Sentence[]): Agent {
  return { ...agent(...all), sections: SECTIONS };
}

export const anyAgent = fc.array(sentences, { maxLength: 8 }).map(withSections);
export const anyAgents = fc
  .array(anyAgent, { minLength: 1, maxLength: 3 })
  .map((agents) => agents.map((one, index) => named(one, `DEPLOY_CODE_00${index + 1}`)));

function named(one: Agent, id: string): Agent {
  return { ...one, id, sentences: one.sentences.map((sentence) => ({ ...sentence, agent: id })) };
}

const EXPRESSIONS = [
  ...['100 - 10 * errors - 2 * warnings', '100 - 100 * secrets - 40 * errors', '2 * tests'],
  ...['100 * coverage / 75%', '100 - 100 * (error_rate - 5%) / 40%', 'max(0, 50 - errors)'],
  ...['100 * coverage / 100% - 20 * warnings', '100 * errors / tests', '85', '12.5 * secrets'],
];

export const anyPlan: fc.Arbitrary<ScorePlan> = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 100 }),
      fc.uniqueArray(fc.constantFrom(...EXPRESSIONS), { minLength: 1, maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((components) => ({
    bands: { ready: 0.85, caution: 0.7 },
    place: { file: 'gates/monitor/readiness-score.yaml', line: 1, column: 1 },
    components: components.map(([weight, texts], index) =>
      component(`component_${index}`, weight / 100, texts),
    ),
  }));

/** A value as the runner of this metric would report it; now and then one of the wrong kind. */
export function valuesOf(name: string): fc.Arbitrary<Reading> {
  const { dimension } = catalogue.get(name)!;
  const right: fc.Arbitrary<number | boolean> =
    dimension === 'boolean'
      ? fc.boolean()
      : dimension === 'ratio'
        ? fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)
        : fc.oneof(fc.constant(0), fc.nat(12), fc.nat(1e6));
  return fc
    .oneof({ weight: 20, arbitrary: right }, { weight: 1, arbitrary: fc.constant('many') })
    .map(measured);
}

const absences = fc.constantFrom(missing, tolerated, notApplicable);

/** Per metric: measured, absent for a reason, or not even looked for. */
export const anyReadings: fc.Arbitrary<ReadonlyMap<string, Reading>> = fc
  .tuple(
    ...NAMES.map((name) =>
      fc.oneof(
        { weight: 5, arbitrary: valuesOf(name) },
        { weight: 3, arbitrary: absences },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
    ),
  )
  .map(asReadings);

/** Nothing measured at all. */
export const noReadings: fc.Arbitrary<ReadonlyMap<string, Reading>> = fc
  .tuple(...NAMES.map(() => fc.oneof(absences, fc.constant(undefined))))
  .map(asReadings);

function asReadings(readings: readonly (Reading | undefined)[]): ReadonlyMap<string, Reading> {
  return new Map(
    NAMES.flatMap((name, index) => {
      const reading = readings[index];
      return reading === undefined ? [] : [[name, reading] as const];
    }),
  );
}

export const anyMetric = fc.constantFrom(...NAMES);

export const anyVerdict: fc.Arbitrary<GateVerdict> = fc.record({
  gate: fc.constantFrom('code', 'build', 'test'),
  kind: fc.constantFrom('blocked', 'undecided', 'warned', 'passed'),
  mode: fc.constantFrom('enforce', 'observe'),
  sentences: fc.constant([]),
  reasons: fc.constant([]),
});
