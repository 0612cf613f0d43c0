/** A run beside its baseline: what is new, what `baseline` means in a sentence, and what could be tightened. */

import { createHash } from 'node:crypto';
import type { Known } from '../language/index.ts';
import type { Sentence } from '../judge/agent.ts';
import {
  compareFindings,
  identify,
  isCompared,
  partsOf,
  type Baseline,
  type BaselineMetric,
  type Identified,
} from '../judge/baseline.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import type { Finding } from '../judge/finding.ts';
import { isKept, ratchet, type Measured } from '../judge/ratchet.ts';
import type { Reading, Tolerance } from '../judge/reading.ts';
import type { RunnerResult } from './result.ts';

export const NO_BASELINE = 'there is no baseline; nemesis baseline:update writes one';

/** A run in the light of its baseline. */
export interface BesideBaseline {
  /** Findings that are not in it, the worst first. */
  readonly fresh: readonly Finding[];
  /** What `baseline:update` would tighten: `eslint_warnings 12 to 9`, `3 findings are gone`. */
  readonly tighter: readonly {
    readonly metric: string;
    readonly from: number;
    readonly to: number;
  }[];
  readonly fixed: number;
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

export interface BaselineRun {
  readonly results: readonly RunnerResult[];
  readonly readings: ReadonlyMap<string, Reading>;
  readonly catalogue: Catalogue;
  readonly sentences: readonly Sentence[];
  /** Files of the project; empty when the list was cut, and then none is known to be gone. */
  readonly files: ReadonlySet<string>;
}

/** `new_findings` of some runners. What a runner of the baseline did not measure may hold new ones. */
export function newFindings(
  baseline: Baseline | undefined,
  run: Pick<BaselineRun, 'results' | 'files'>,
  tolerate: readonly Tolerance[],
): Reading {
  if (baseline === undefined) return { kind: 'not_applicable', why: NO_BASELINE };
  const fresh = freshIn(baseline, run);
  if (fresh.length > 0) return { kind: 'measured', value: fresh.length, runner: 'baseline' };
  const silent = run.results
    .filter(({ id }) => baseline.tools.has(id))
    .map(({ id, measurement }) => ({ ...measurement, id }))
    .filter(({ state }) => !['clean', 'findings', 'not_applicable'].includes(state));
  const accepts = ({ id, state, causedBy }: (typeof silent)[number]) =>
    tolerate.find((entry) => entry.runner === (causedBy ?? id) && entry.state === state);
  const first = silent.find((one) => accepts(one) === undefined) ?? silent[0];
  if (first !== undefined) {
    const { id, state, why = state } = first;
    const toleratedBy = accepts(first);
    const reading = { kind: 'missing', why: `${id}: ${why}`, state, runner: id } as const;
    return toleratedBy === undefined ? reading : { ...reading, toleratedBy };
  }
  const measured = run.results.some(({ measurement }) => hasMeasured(measurement.state));
  return measured
    ? { kind: 'measured', value: 0, runner: 'baseline' }
    : { kind: 'not_applicable', why: 'no runner of this gate measured anything' };
}

/** What `baseline` means for each metric; one measured by another tool is no measure of this one. */
export function baselineValues(
  baseline: Baseline | undefined,
  run: Pick<BaselineRun, 'results' | 'readings' | 'catalogue'>,
): ReadonlyMap<string, Known> {
  if (baseline === undefined) {
    const absent: Known = { kind: 'missing', why: NO_BASELINE };
    return new Map([...run.catalogue.keys()].map((name) => [name, absent]));
  }
  return new Map(
    [...baseline.metrics].map(([name, { value, by }]): [string, Known] => {
      const now = measurerOf(name, run);
      if (by === undefined || now === undefined || by === now)
        return [name, { kind: 'value', value }];
      const why = `the baseline was measured by ${by}, this is ${now}; nemesis baseline:update --loosen ${name}`;
      return [name, { kind: 'missing', why }];
    }),
  );
}

export function besideBaseline(
  baseline: Baseline | undefined,
  run: BaselineRun,
): BesideBaseline | undefined {
  if (baseline === undefined) return undefined;
  const { tightened, fixed } = ratchet(
    baseline,
    measuredIn(run),
    (metric) => run.catalogue.get(metric),
    undefined,
  );
  return {
    fresh: freshIn(baseline, run),
    tighter: tightened.map(({ metric, before, now }) => ({
      metric,
      from: before?.value ?? now.value,
      to: now.value,
    })),
    fixed,
  };
}

/** What a run adds to a baseline: every number that was measured, and every finding that is not waived. */
export function measuredIn(run: BaselineRun): Measured {
  const metrics = new Map<string, BaselineMetric>();
  for (const [name, reading] of run.readings) {
    const entry = run.catalogue.get(name);
    if (reading.kind !== 'measured' || typeof reading.value !== 'number') continue;
    if (entry === undefined || !isKept(entry, run.sentences)) continue;
    const result = run.results.find(({ id }) => id === reading.runner);
    if (result !== undefined && !isOfState(result)) continue;
    const by = measurerOf(name, run);
    const { value } = reading;
    metrics.set(name, by === undefined ? { value } : { value, by });
  }
  const measured = run.results.filter(isOfState);
  return {
    metrics,
    tools: new Map(
      measured.map(({ id, measurement }) => [id, measurement.evidence?.version ?? '']),
    ),
    found: identified(measured),
    isGone: (file) => run.files.size > 0 && !run.files.has(file),
  };
}

/** Of a ratio, which another tool counts otherwise: the tool that measured, and its major version. */
function measurerOf(
  metric: string,
  { results, readings, catalogue }: Pick<BaselineRun, 'results' | 'readings' | 'catalogue'>,
): string | undefined {
  const reading = readings.get(metric);
  if (reading?.kind !== 'measured' || catalogue.get(metric)?.dimension !== 'ratio')
    return undefined;
  const { evidence } = results.find(({ id }) => id === reading.runner)?.measurement ?? {};
  if (evidence === undefined) return undefined;
  const major = /^v?(\d+)/.exec(evidence.version ?? '')?.[1];
  return [evidence.tool, major].filter(Boolean).join(' ');
}

function freshIn(
  baseline: Baseline,
  { results, files }: Pick<BaselineRun, 'results' | 'files'>,
): readonly Finding[] {
  const measured = results.filter(isOfState);
  const ids = new Set(measured.map(({ id }) => id));
  const before = [...baseline.findings].filter(([identity]) => ids.has(partsOf(identity).tool));
  const isGone = (file: string) => files.size > 0 && !files.has(file);
  return compareFindings(identified(measured), new Map(before), isGone).fresh;
}

function identified(results: readonly RunnerResult[]): readonly Identified[] {
  return results.flatMap(({ id, measurement }) =>
    measurement.findings
      .filter(isCompared)
      .map((finding) => ({ identity: identify(id, finding, hash), finding })),
  );
}

/** What was measured of the project as it stands; what is said of a change is gone with the next one. */
function isOfState({ measurement: { state, evidence } }: RunnerResult): boolean {
  return hasMeasured(state) && evidence?.base === undefined;
}

const hasMeasured = (state: string) => state === 'clean' || state === 'findings';
