/** Folds the states of runners into the three things a sentence can see: a value, not applicable, missing. */

import { NOT_MEASURED_BY_THIS_VERSION, type Catalogue } from '../judge/catalogue.ts';
import type { Reading, Tolerance, ToolState } from '../judge/reading.ts';
import { compared } from '../judge/compared.ts';
import { recorded } from '../judge/recorded.ts';
import type { Measurement, MetricValue, Runner } from '../measure/runner.ts';
import { NO_BASELINE } from './baseline.ts';
import { NOT_ASKED } from './result.ts';

/** The readings of one runner, for every metric it declares. */
export function readingsOf(
  runner: Pick<Runner, 'id' | 'metrics'>,
  measurement: Measurement,
  tolerated: readonly Tolerance[],
): ReadonlyMap<string, Reading> {
  const { id } = runner;
  const missing = (state: ToolState, why: string, causedBy?: string): Reading => {
    const accepted = causedBy ?? measurement.causedBy ?? id;
    const toleratedBy = tolerated.find(
      (entry) => entry.runner === accepted && entry.state === state,
    );
    return {
      kind: 'missing',
      why,
      state,
      runner: id,
      ...(toleratedBy === undefined ? {} : { toleratedBy }),
    };
  };
  return new Map(
    Object.keys(runner.metrics).map((metric) => [
      metric,
      readingOf(id, measurement, reported(measurement, metric), missing),
    ]),
  );
}

/** Own entries only: a metric may be called `constructor`. */
function reported({ metrics }: Measurement, metric: string): MetricValue | undefined {
  return Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
}

function readingOf(
  runner: string,
  { state, why, causedBy }: Measurement,
  value: MetricValue | undefined,
  missing: (state: ToolState, why: string, causedBy?: string) => Reading,
): Reading {
  if (state !== 'clean' && state !== 'findings') {
    const said = why ?? state.replaceAll('_', ' ');
    const reason = causedBy === undefined ? `${runner}: ${said}` : said;
    return state === 'not_applicable'
      ? { kind: 'not_applicable', why: reason, runner }
      : missing(state, reason);
  }
  if (value === undefined) return missing('bad_report', `${runner} did not report it`);
  if (typeof value === 'object') {
    return 'notApplicable' in value
      ? { kind: 'not_applicable', why: `${runner}: ${value.notApplicable}`, runner }
      : missing(
          value.state ?? 'nothing_measured',
          value.causedBy === undefined ? `${runner}: ${value.missing}` : value.missing,
          value.causedBy,
        );
  }
  // A number that is none is an absence, whoever reported it.
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return missing('bad_report', `${runner} reported ${value}`);
  }
  return { kind: 'measured', value, runner };
}

/**
 * The readings the score may count: an observed gate never changes the answer, so what only it measured leaves the sum.
 * @param observed ids of the runners that no enforced gate asked for
 */
export function countedReadings(
  readings: ReadonlyMap<string, Reading>,
  observed: ReadonlySet<string>,
): ReadonlyMap<string, Reading> {
  if (observed.size === 0) return readings;
  return new Map(
    [...readings].map(([name, reading]) =>
      reading.runner !== undefined && observed.has(reading.runner)
        ? [name, { kind: 'not_applicable', why: `${reading.runner}: observed only` }]
        : [name, reading],
    ),
  );
}

/** Metrics of the catalogue that nothing measures yet, and those that are asked for only later in a run. */
export function unmeasuredYet(catalogue: Catalogue): ReadonlyMap<string, Reading> {
  return new Map(
    [...catalogue.values()].flatMap(({ name, measuredBy }): [string, Reading][] => {
      const why = notYet(measuredBy);
      if (why === undefined) return [];
      const runner = measuredBy[0];
      return [[name, { kind: 'not_applicable', why, ...(runner !== undefined && { runner }) }]];
    }),
  );
}

function notYet(measuredBy: readonly string[]): string | undefined {
  if (measuredBy.length === 0) return NOT_MEASURED_BY_THIS_VERSION;
  if (measuredBy.includes(recorded.id)) return `${recorded.id}: ${NOT_ASKED}`;
  return measuredBy.includes(compared.id) ? NO_BASELINE : undefined;
}
