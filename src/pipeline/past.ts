/** What the history says of a service before this run, as readings for the score and as the trend of it. */

import type { Result } from '../failure.ts';
import type { Behind, DeliveryAggregates } from '../history/folds/delivery-aggregates.ts';
import { RECENT_BUILDS, readinessTrendOf, type Rate } from '../history/folds/readiness-trend.ts';
import type { JournalEvent } from '../history/journal.ts';
import type { recorded } from '../judge/recorded.ts';
import { tidy } from '../judge/score.ts';
import type { GateVerdict } from '../judge/verdict.ts';
import type { Measurement, MetricValue } from '../measure/runner.ts';
import { absent } from '../measure/tool.ts';

/** Days that an incident, and a deployment, are looked back for. */
export const INCIDENT_DAYS = 30;
export const DELIVERY_DAYS = 90;

export interface Past {
  /** `check_recorded`, in any order; enough of them for the last 20 whole checks. */
  readonly checks: readonly JournalEvent[];
  /** Those of the service that have a record. */
  readonly environments: readonly PastEnvironment[];
}

interface PastEnvironment {
  readonly environment: string;
  /** Of the last 90 days. */
  readonly delivery: DeliveryAggregates;
  /** Incidents opened in the last 30 days. */
  readonly incidents: Behind;
}

/** Points of the last whole checks, this run the last. */
export interface Trend {
  /** Oldest first, at most 20: the low end of each score, 0..100; null where there was none. */
  readonly scores: readonly (number | null)[];
  /** The score before this one, 0..100, and when it was recorded in epoch milliseconds. */
  readonly before: { readonly score: number; readonly at: number };
}

const LONGEST_TREND = 20;

type RecordedMetric = keyof typeof recorded.metrics;
type Ids = readonly string[];

/** As a runner would have measured it. `build` is this run's verdict, which is recorded only after it is told. */
export function pastMeasurement(
  past: Result<Past>,
  build: Pick<GateVerdict, 'kind' | 'mode'> | undefined,
): Measurement {
  if (!past.ok) {
    const { failure } = past;
    const why = 'message' in failure ? failure.message : 'the history was not read';
    const help = 'help' in failure ? failure.help?.[0] : undefined;
    return absent('backend_unavailable', why, help);
  }
  const { checks, environments } = past.value;
  const builds = buildsOf(checks, build);
  const asked = askedOf(environments);
  const figures: Readonly<Record<RecordedMetric, Figure>> = {
    build_success_rate: builds,
    incidents_30_days: worst(asked, ({ incidents }) => ({
      value: incidents.count,
      records: incidents.ids,
    })),
    mean_time_to_recovery: worst(asked, ({ delivery: { recovery, open } }) =>
      recovery.median === null
        ? none(
            `0 recoveries in ${DELIVERY_DAYS} days${open.count > 0 ? `, ${open.count} open` : ''}`,
          )
        : { value: recovery.median, records: recovery.of.ids },
    ),
    change_failure_rate: worst(asked, ({ delivery: { changes, failed } }) =>
      changes.count === 0
        ? none(`0 deployments in ${DELIVERY_DAYS} days`)
        : { value: failed.count / changes.count, records: failed.ids },
    ),
  };
  const entries = Object.entries(figures);
  return {
    state: 'clean',
    metrics: Object.fromEntries(entries.map(([name, { value }]) => [name, value])),
    findings: [],
    summary: summaryOf(past.value, asked),
    records: Object.fromEntries(
      entries.flatMap(([name, { records }]) => (records === undefined ? [] : [[name, records]])),
    ),
  };
}

interface Figure {
  readonly value: MetricValue;
  /** The records behind it. */
  readonly records?: Ids;
}

const none = (why: string): Figure => ({ value: { notApplicable: why } });

/** The last builds recorded, and this one. */
function buildsOf(
  checks: readonly JournalEvent[],
  build: Pick<GateVerdict, 'kind' | 'mode'> | undefined,
): Figure {
  if (build === undefined) return none('no build gate was judged');
  // Its verdict must not change the answer.
  if (build.mode === 'observe') return none('the build gate is observed only');
  if (build.kind === 'undecided') return { value: { missing: 'this build cannot be told' } };
  const before = lastBuilds(checks, RECENT_BUILDS - 1);
  const { good, of, ids } = before.kind === 'measured' ? before : { good: 0, of: 0, ids: [] };
  const isGood = build.kind !== 'blocked';
  return { value: (good + (isGood ? 1 : 0)) / (of + 1), records: ids };
}

function lastBuilds(checks: readonly JournalEvent[], most: number): Rate {
  const rate = readinessTrendOf(checks).build_success_rate;
  if (rate.kind === 'none' || rate.of <= most) return rate;
  const dropped = new Set(rate.ids.slice(0, rate.of - most));
  const last = Math.max(...checks.filter(({ id }) => dropped.has(id)).map(({ seq }) => seq));
  return readinessTrendOf(checks.filter(({ seq }) => seq > last)).build_success_rate;
}

/**
 * `production`; of a service that has no record there, all its environments but `staging`, which is there to have
 * releases taken back.
 */
function askedOf(environments: readonly PastEnvironment[]): readonly PastEnvironment[] {
  const production = environments.filter(({ environment }) => environment === 'production');
  if (production.length > 0) return production;
  return environments.filter(({ environment }) => environment !== 'staging');
}

/** Of several environments the highest number: of each of these metrics, less is better. */
function worst(
  environments: readonly PastEnvironment[],
  figureOf: (environment: PastEnvironment) => Figure,
): Figure {
  const figures = environments.map(figureOf);
  const [first = none('no deployment recorded')] = figures;
  const measured = figures.filter(({ value }) => typeof value === 'number');
  return measured.sort((a, b) => Number(b.value) - Number(a.value))[0] ?? first;
}

function summaryOf({ checks }: Past, asked: readonly PastEnvironment[]): string {
  const { points } = readinessTrendOf(checks);
  const names = asked.map(({ environment }) => environment).join(', ');
  const said = `${points.length} whole ${points.length === 1 ? 'check' : 'checks'} before`;
  return names === '' ? `${said}, no deployment` : `${said}, deployments of ${names}`;
}

/** Undefined unless this run and one before have a score. */
export function trendOf(
  checks: readonly JournalEvent[],
  low: number | undefined,
): Trend | undefined {
  if (low === undefined) return undefined;
  const points = readinessTrendOf(checks).points.slice(1 - LONGEST_TREND);
  const before = points.filter((point) => point.low !== null).at(-1);
  if (before === undefined || before.low === null) return undefined;
  return {
    scores: [...points.map((point) => (point.low === null ? null : tidy(point.low))), low],
    before: { score: tidy(before.low), at: before.at },
  };
}
