/** Folds the states of runners into the three things a sentence can see: a value, not applicable, missing. */

import type { Datum } from '../language/index.ts';
import { NOT_MEASURED_BY_THIS_VERSION, type Catalogue } from '../judge/catalogue.ts';
import type { Reading, Tolerance } from '../judge/reading.ts';
import type { Measurement, MetricValue, Runner } from '../measure/runner.ts';

/** The readings of one runner, for every metric it declares. */
export function readingsOf(
  runner: Pick<Runner, 'id' | 'metrics'>,
  measurement: Measurement,
  tolerated: readonly Tolerance[],
): ReadonlyMap<string, Reading> {
  return new Map(
    Object.keys(runner.metrics).map((metric) => [
      metric,
      readingOf(runner.id, measurement, measurement.metrics[metric], tolerated),
    ]),
  );
}

function readingOf(
  runner: string,
  measurement: Measurement,
  value: MetricValue | undefined,
  tolerated: readonly Tolerance[],
): Reading {
  const { state } = measurement;
  const why = `${runner}: ${measurement.why ?? state.replaceAll('_', ' ')}`;
  if (state === 'not_applicable') return { kind: 'not_applicable', why, runner };
  if (state !== 'clean' && state !== 'findings') {
    const toleratedBy = tolerated.find((t) => t.runner === runner && t.state === state);
    return { kind: 'missing', why, state, runner, ...(toleratedBy ? { toleratedBy } : {}) };
  }
  if (value === undefined) {
    return { kind: 'missing', why: `${runner} did not report it`, state: 'bad_report', runner };
  }
  if (typeof value !== 'object') return measured(runner, value);
  return 'notApplicable' in value
    ? { kind: 'not_applicable', why: `${runner}: ${value.notApplicable}`, runner }
    : { kind: 'missing', why: `${runner}: ${value.missing}`, state: 'nothing_measured', runner };
}

/** A number that is none is an absence, whoever reported it. */
function measured(runner: string, value: Datum): Reading {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const why = `${runner} reported ${value}`;
    return { kind: 'missing', why, state: 'bad_report', runner };
  }
  return { kind: 'measured', value, runner };
}

/** Metrics of the catalogue that nothing measures yet. */
export function unmeasuredYet(catalogue: Catalogue): ReadonlyMap<string, Reading> {
  return new Map(
    [...catalogue.values()]
      .filter(({ measuredBy }) => measuredBy.length === 0)
      .map(({ name }) => [name, { kind: 'not_applicable', why: NOT_MEASURED_BY_THIS_VERSION }]),
  );
}
