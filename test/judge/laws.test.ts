/** What must hold for every agent, every plan and every reading. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sectionsOf } from '../../src/language/index.ts';
import type { Agent, ScorePlan } from '../../src/judge/agent.ts';
import { readinessOf } from '../../src/judge/readiness.ts';
import type { Readings } from '../../src/judge/reading.ts';
import { scoreOf, type Interval, type Score } from '../../src/judge/score.ts';
import type { Evidence, JudgedSentence } from '../../src/judge/standing.ts';
import { judgeGate, type GateVerdict } from '../../src/judge/verdict.ts';
import {
  anyAgent,
  anyAgents,
  anyMetric,
  anyPlan,
  anyReadings,
  anyVerdict,
  noReadings,
  valuesOf,
} from './arbitraries.ts';
import { component, evidenceOf, missing, tolerated } from './world.ts';

const RUNS = { numRuns: 1000 };
const BANDS = { ready: 0.85, caution: 0.7 };

const judged = (agents: readonly Agent[], evidence: Evidence): GateVerdict =>
  judgeGate('code', 'enforce', agents, evidence);
const intervalsOf = (score: Score): readonly Interval[] => [score, ...score.components];

describe('the score', () => {
  it('is an interval inside 0 to 100 with a share of evidence', () => {
    fc.assert(
      fc.property(anyPlan, anyReadings, (plan, readings) => {
        for (const { low, high, evidence } of intervalsOf(scoreOf(plan, evidenceOf(readings)))) {
          expect(evidence).toBeGreaterThanOrEqual(0);
          expect(evidence).toBeLessThanOrEqual(1);
          expect(low === undefined).toBe(high === undefined);
          if (low === undefined || high === undefined) continue;
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(high);
          expect(high).toBeLessThanOrEqual(100);
        }
      }),
      RUNS,
    );
  });

  it('is a point where nothing is missing', () => {
    fc.assert(
      fc.property(anyPlan, anyReadings, (plan, readings) => {
        for (const { low, high, evidence } of intervalsOf(scoreOf(plan, evidenceOf(readings)))) {
          if (evidence === 1) expect(low).toBe(high);
        }
      }),
      RUNS,
    );
  });

  it('never gets less certain by measuring what was missing', () => {
    const replaced = anyMetric.chain((name) => fc.tuple(fc.constant(name), valuesOf(name)));
    fc.assert(
      fc.property(anyPlan, anyReadings, replaced, (plan, readings, [name, reading]) => {
        const before = intervalsOf(scoreOf(plan, evidenceOf(having(readings, name, missing))));
        const after = intervalsOf(scoreOf(plan, evidenceOf(having(readings, name, reading))));
        before.forEach((was, index) => expectNarrowed(was, after[index]!));
      }),
      RUNS,
    );
  });

  it('is not raised in its evidence by accepting an absence', () => {
    fc.assert(
      fc.property(anyPlan, anyReadings, anyMetric, (plan, readings, name) => {
        const before = scoreOf(plan, evidenceOf(readings));
        const refused = scoreOf(plan, evidenceOf(having(readings, name, missing)));
        const accepted = scoreOf(plan, evidenceOf(having(readings, name, tolerated)));
        expect(accepted.evidence).toBe(refused.evidence);
        if (readings.get(name)?.kind === 'measured') {
          expect(accepted.evidence).toBeLessThanOrEqual(before.evidence);
        }
      }),
      RUNS,
    );
  });

  it('is what it would be if that which does not apply had never been asked', () => {
    fc.assert(
      fc.property(anyPlan, anyReadings, (plan, readings) => {
        const evidence = evidenceOf(readings);
        const whole = scoreOf(plan, evidence);
        const components = plan.components.map((component, index) => ({
          ...component,
          metrics: component.metrics.filter(
            (_, at) => whole.components[index]!.metrics[at]!.kind !== 'not_applicable',
          ),
        }));
        const asked = components.filter(({ metrics }) => metrics.length > 0);
        expectSame(scoreOf({ ...plan, components: asked }, evidence), whole);
      }),
      RUNS,
    );
  });

  it('does not depend on the scale of the weights', () => {
    const factors = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(anyPlan, anyReadings, factors, (plan, readings, factor) => {
        const components = plan.components.map((part) => ({
          ...part,
          weight: part.weight * factor,
        }));
        const evidence = evidenceOf(readings);
        expectSame(scoreOf({ ...plan, components }, evidence), scoreOf(plan, evidence));
      }),
      RUNS,
    );
  });

  it('does not depend on the order of components, metrics or readings', () => {
    fc.assert(
      fc.property(anyPlan.chain(shuffledPlan), anyReadings, ([plan, shuffled], readings) => {
        const evidence = evidenceOf(readings);
        const backwards = evidenceOf(new Map([...readings].reverse()));
        expectSame(scoreOf(shuffled, backwards), scoreOf(plan, evidence));
      }),
      RUNS,
    );
  });

  it('reaches a band exactly where every part does, whatever the weights', () => {
    const percents = fc.integer({ min: 1, max: 100 });
    const shapes = fc.array(fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 5 })), {
      minLength: 1,
      maxLength: 7,
    });
    fc.assert(
      fc.property(percents, shapes, (percent, shape) => {
        const components = shape.map(([weight, count], index) =>
          component(
            `component_${index}`,
            (weight + 1) / 100,
            Array.from({ length: count }, () => `100 * ${percent}% / 100%`),
          ),
        );
        const bands = { ready: percent / 100, caution: percent / 100 };
        const place = { file: 'score.yaml', line: 1, column: 1 };
        const score = scoreOf({ components, bands, place }, evidenceOf({}));
        expect(readinessOf([], score, bands).kind).toBe('ready');
        const above = { ready: (percent + 0.001) / 100, caution: percent / 100 };
        expect(readinessOf([], score, above).kind).toBe('caution');
      }),
      RUNS,
    );
  });
});

describe('a verdict', () => {
  it('is never good news without something measured that a blocking sentence goes by', () => {
    fc.assert(
      fc.property(anyAgents, anyReadings, (agents, readings) => {
        const { kind, sentences } = judged(agents, evidenceOf(readings));
        const standings = sentences
          .filter(({ sentence }) => sentence.level === 'block')
          .map(({ standing }) => standing);
        if (kind !== 'passed' && kind !== 'warned') return;
        expect(sentences.some(({ standing }) => standing.kind === 'good')).toBe(true);
        expect(standings.some(({ kind: is }) => is === 'good' || is === 'untold')).toBe(true);
        for (const standing of standings) {
          expect(standing.kind).not.toBe('bad');
          if (standing.kind === 'untold') expect(standing.tolerated).not.toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('is undecided where nothing was measured, accepted or not', () => {
    fc.assert(
      fc.property(anyAgents, noReadings, (agents, readings) => {
        expect(judged(agents, evidenceOf(readings)).kind).toBe('undecided');
      }),
      RUNS,
    );
  });

  it('stays blocked when what was missing is measured, and where it is accepted', () => {
    const replaced = anyMetric.chain((name) =>
      fc.tuple(fc.constant(name), fc.oneof(valuesOf(name), fc.constant(tolerated))),
    );
    fc.assert(
      fc.property(anyAgents, anyReadings, replaced, (agents, readings, [name, reading]) => {
        const before = judged(agents, evidenceOf(having(readings, name, missing)));
        const after = judged(agents, evidenceOf(having(readings, name, reading)));
        if (before.kind === 'blocked') expect(after.kind).toBe('blocked');
        if (before.kind === 'passed') expect(after.kind).toBe('passed');
      }),
      RUNS,
    );
  });

  it('does not depend on the order of agents, sentences or readings', () => {
    fc.assert(
      fc.property(anyAgents.chain(shuffledAgents), anyReadings, ([agents, shuffled], readings) => {
        const forwards = judged(agents, evidenceOf(readings));
        const backwards = judged(shuffled, evidenceOf(new Map([...readings].reverse())));
        expect(backwards.kind).toBe(forwards.kind);
        expect(asSet(backwards.sentences)).toEqual(asSet(forwards.sentences));
        expect(asSet(backwards.reasons)).toEqual(asSet(forwards.reasons));
      }),
      RUNS,
    );
  });

  it('is the same for the same readings', () => {
    fc.assert(
      fc.property(anyAgents, anyPlan, anyReadings, (agents, plan, readings) => {
        const first = evidenceOf(readings);
        const second = evidenceOf(structuredClone(readings));
        expect(judged(structuredClone(agents), second)).toEqual(judged(agents, first));
        expect(scoreOf(structuredClone(plan), second)).toEqual(scoreOf(plan, first));
      }),
      { numRuns: 200 },
    );
  });

  it('lets no softened check decide a blocking sentence about its section', () => {
    fc.assert(
      fc.property(anyAgent, anyReadings, (agent, readings) => {
        const isSoft = ({ softened }: Agent['sentences'][number]) => softened === true;
        const without = { ...agent, sentences: agent.sentences.filter((s) => !isSoft(s)) };
        const surveys = (of: Agent) =>
          judged([of], evidenceOf(readings)).sentences.filter(
            ({ sentence }) =>
              sentence.role === 'rule' &&
              sentence.level === 'block' &&
              sectionsOf(sentence.expr).length > 0,
          );
        expect(surveys(agent)).toEqual(surveys(without));
      }),
      RUNS,
    );
  });
});

describe('readiness', () => {
  const verdicts = fc.array(anyVerdict, { maxLength: 4 });
  const scores = fc.tuple(anyPlan, anyReadings).map(([plan, r]) => scoreOf(plan, evidenceOf(r)));

  it('is not bought back by points', () => {
    fc.assert(
      fc.property(verdicts, scores, (list, score) => {
        const blocked = { ...list[0], gate: 'code', kind: 'blocked', mode: 'enforce' } as const;
        const all = [...list, { ...blocked, sentences: [], reasons: [] }];
        const perfect = { ...score, low: 100, high: 100, evidence: 1 };
        expect(readinessOf(all, score, BANDS).kind).toBe('blocked');
        expect(readinessOf(all, perfect, BANDS).kind).toBe('blocked');
        expect(readinessOf(all, undefined, BANDS).kind).toBe('blocked');
      }),
      RUNS,
    );
  });

  it('follows the order of the design', () => {
    fc.assert(
      fc.property(verdicts, scores, (list, score) => {
        const enforced = list.filter(({ mode }) => mode === 'enforce').map(({ kind }) => kind);
        const { low = 0, high = 100 } = score;
        const { kind } = readinessOf(list, score, BANDS);
        if (enforced.includes('blocked') || high < 70) expect(kind).toBe('blocked');
        else if (enforced.includes('undecided') || low < 70) expect(kind).toBe('undecided');
        else if (low < 85) expect(kind).toBe('caution');
        else expect(['ready', 'caution']).toContain(kind);
      }),
      RUNS,
    );
  });

  it('is never changed by a gate that is only observed', () => {
    fc.assert(
      fc.property(verdicts, scores, anyAgents, anyReadings, (list, score, agents, readings) => {
        const observed = judgeGate('test', 'observe', agents, evidenceOf(readings));
        const before = readinessOf(list, score, BANDS);
        expect(readinessOf([...list, observed], score, BANDS)).toEqual(before);
        expect(readinessOf([observed, ...list], score, BANDS)).toEqual(before);
      }),
      RUNS,
    );
  });

  it('is at most caution where an absence was accepted', () => {
    fc.assert(
      fc.property(anyAgents, anyPlan, anyReadings, (agents, plan, readings) => {
        const evidence = evidenceOf(readings);
        const verdict = judged(agents, evidence);
        const score = scoreOf(plan, evidence);
        const accepted = [
          ...verdict.sentences.map(({ standing }) => standing),
          ...score.components.flatMap(({ metrics }) => metrics),
        ].some((part) => 'tolerated' in part && part.tolerated.length > 0);
        const perfect = { ...score, low: 100, high: 100 };
        if (accepted) expect(readinessOf([verdict], perfect, BANDS).kind).not.toBe('ready');
      }),
      RUNS,
    );
  });

  it('always says why it is not ready', () => {
    fc.assert(
      fc.property(verdicts, fc.option(scores, { nil: undefined }), (list, score) => {
        const { kind, because } = readinessOf(list, score, BANDS);
        expect(because.length > 0).toBe(kind !== 'ready');
      }),
      RUNS,
    );
  });
});

function having(readings: Readings, name: string, reading: typeof missing): Readings {
  return new Map(readings).set(name, reading);
}

function expectNarrowed(before: Interval, after: Interval): void {
  expect(after.evidence).toBeGreaterThanOrEqual(before.evidence);
  // What turns out not to apply may take the whole interval along.
  if (after.low === undefined || after.high === undefined) return;
  expect(after.low).toBeGreaterThanOrEqual(before.low ?? 101);
  expect(after.high).toBeLessThanOrEqual(before.high ?? -1);
}

/** Up to the rounding of sums taken in another order; components by name. */
function expectSame(score: Score, wanted: Score): void {
  expectClose(score, wanted);
  for (const component of score.components) {
    const { name } = component;
    expectClose(
      component,
      wanted.components.find((other) => other.name === name)!,
    );
  }
}

function expectClose(interval: Interval, wanted: Interval): void {
  expect(interval.evidence).toBeCloseTo(wanted.evidence, 7);
  if (wanted.low === undefined || wanted.high === undefined) {
    expect([interval.low, interval.high]).toEqual([undefined, undefined]);
    return;
  }
  expect(interval.low).toBeCloseTo(wanted.low, 7);
  expect(interval.high).toBeCloseTo(wanted.high, 7);
}

function shuffled<T>(list: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...list], { minLength: list.length });
}

function shuffledPlan(plan: ScorePlan): fc.Arbitrary<readonly [ScorePlan, ScorePlan]> {
  const parts = plan.components.map((part) =>
    shuffled(part.metrics).map((metrics) => ({ ...part, metrics })),
  );
  return fc
    .tuple(...parts)
    .chain((components) => shuffled(components))
    .map((components) => [plan, { ...plan, components }]);
}

function shuffledAgents(
  agents: readonly Agent[],
): fc.Arbitrary<readonly [readonly Agent[], readonly Agent[]]> {
  const parts = agents.map((agent) =>
    shuffled(agent.sentences).map((sentences) => ({ ...agent, sentences })),
  );
  return fc
    .tuple(...parts)
    .chain((all) => shuffled(all))
    .map((all) => [agents, all]);
}

/** Sentences with what they came to, without order; several reasons in one line have none either. */
function asSet(sentences: readonly JudgedSentence[]): readonly string[] {
  return sentences
    .map(({ sentence, standing }) => {
      const { text, role, level, sections } = sentence;
      const why = 'why' in standing ? standing.why.split('; ').sort() : [];
      return JSON.stringify([text, role, level, sections, standing.kind, why]);
    })
    .sort();
}
