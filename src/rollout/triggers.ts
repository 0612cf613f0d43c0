/** Which rollback triggers fire, over the looks of one rollout. Pure but for what it remembers of earlier looks. */

import {
  evaluateSentence,
  type Known,
  explainSentence,
  type Outcome,
  type Readings,
  type TypeScope,
} from '../language/index.ts';
import type { Signal } from '../judge/deployment.ts';
import type { ArmedTrigger, Windows } from './plan.ts';
import { sureReading } from './certainty.ts';
import { trafficReading, type TrafficWindow } from './traffic.ts';

/** What one look saw. */
export interface Look {
  /** Epoch ms. */
  readonly at: number;
  /** Has the candidate had the time to become as fast as it is? Until then it is compared with nothing. */
  readonly isWarm: boolean;
  readonly candidate: TrafficWindow | undefined;
  readonly stable: TrafficWindow | undefined;
  /** In the validation window: promised limits are armed too, and it may take fewer bad looks. */
  readonly validating?: { readonly badLooks: number };
  /** Words of why the candidate is not healthy; empty where it is. */
  readonly unhealthy: readonly string[];
  /** Words of the critical alerts that fire; empty where none does. */
  readonly alerts: readonly string[];
}

export interface Fired {
  readonly trigger: string;
  /** Metric, values, samples, limit; a line each. */
  readonly explanation: readonly string[];
}

/** What fires where a person wants a deployment back. */
export const MANUAL = 'manual_trigger';

export interface Judged {
  readonly fired?: Fired;
  /** Triggers that nothing could be told of, in any look so far. */
  readonly untold: readonly { readonly trigger: string; readonly why: string }[];
}

/** Counts bad looks in a row. One for each rollout; `fresh` begins a step. */
export function triggerWatch(
  triggers: readonly ArmedTrigger[],
  { windowMs, minSamples, badLooks, noiseMs }: Windows,
  scope: TypeScope,
): { readonly judge: (look: Look) => Judged; readonly fresh: () => void } {
  // Looks a tenth of a second apart see the same thing: a second of a window of a minute has to lie between them.
  const apartMs = windowMs / 60;
  const bad = new Map<ArmedTrigger, { readonly count: number; readonly at: number }>();
  const told = new Set<ArmedTrigger>();
  const why = new Map<ArmedTrigger, string>();

  function judgeOne(trigger: ArmedTrigger, look: Look): Fired | undefined {
    const seen =
      trigger.kind === 'signal'
        ? signalOf(trigger.signal, look)
        : sentenceOf(trigger, look, { minSamples, noiseMs }, scope);
    if (seen.kind === 'untold') {
      why.set(trigger, seen.why);
      return undefined;
    }
    told.add(trigger);
    if (seen.kind === 'good') {
      bad.delete(trigger);
      return undefined;
    }
    const before = bad.get(trigger);
    const isAnother = before === undefined || look.at - before.at >= apartMs;
    if (isAnother) bad.set(trigger, { count: (before?.count ?? 0) + 1, at: look.at });
    const needed = look.validating?.badLooks ?? badLooks;
    if ((bad.get(trigger)?.count ?? 0) < needed) return undefined;
    const times = needed === 1 ? [] : [`${needed} looks in a row`];
    return { trigger: trigger.text, explanation: [...seen.explanation, ...times] };
  }

  return {
    judge(look) {
      const armed = triggers.filter(
        ({ within }) => within === undefined || look.validating !== undefined,
      );
      const fired = armed.map((trigger) => judgeOne(trigger, look)).find(Boolean);
      const untold = armed
        .filter((trigger) => !told.has(trigger))
        .map((trigger) => ({ trigger: trigger.text, why: why.get(trigger) ?? 'never looked at' }));
      return { ...(fired !== undefined && { fired }), untold };
    },
    fresh() {
      bad.clear();
      told.clear();
      why.clear();
    },
  };
}

type Seen =
  | { readonly kind: 'good' }
  | { readonly kind: 'bad'; readonly explanation: readonly string[] }
  | { readonly kind: 'untold'; readonly why: string };

function signalOf(signal: Signal, look: Look): Seen {
  const lines = {
    health_check_failure: look.unhealthy,
    critical_alert_fired: look.alerts,
    any_critical_alert: look.alerts,
    // Heard in every step, armed or not: `look.ts` tells of it before the triggers are asked.
    manual_trigger: [],
  }[signal];
  if (lines.length === 0) return { kind: 'good' };
  return { kind: 'bad', explanation: lines };
}

function sentenceOf(
  trigger: Extract<ArmedTrigger, { kind: 'sentence' }>,
  { candidate, stable, isWarm }: Look,
  { minSamples, noiseMs }: Pick<Windows, 'minSamples' | 'noiseMs'>,
  scope: TypeScope,
): Seen {
  const readings: Readings = {
    metric: (name) => sureReading(candidate, name, minSamples, 'low'),
    baseline: (name) =>
      isWarm
        ? withNoise(sureReading(stable, name, minSamples, 'high'), name, noiseMs)
        : { kind: 'missing', why: 'the candidate warms up' },
    section: () => [],
  };
  const outcome: Outcome = evaluateSentence(trigger.expr, scope, readings);
  if (outcome.kind === 'false') return { kind: 'good' };
  if (outcome.kind !== 'true')
    return { kind: 'untold', why: outcome.because.map((one) => one.why).join('; ') };
  const explanation = [
    ...explainSentence(trigger.expr, scope, readings, 'must_not'),
    `at 95 % certainty, and ${noiseMs} ms between latencies taken for noise; as counted:`,
    windowText('candidate', candidate),
    ...(stable === undefined ? [] : [windowText('stable', stable)]),
    `asked by ${trigger.place.file}:${trigger.place.line}`,
  ];
  return { kind: 'bad', explanation };
}

function withNoise(reading: Known, metric: string, noiseMs: number): Known {
  if (reading.kind !== 'value' || !metric.startsWith('latency')) return reading;
  return { kind: 'value', value: Number(reading.value) + noiseMs };
}

function windowText(who: string, window: TrafficWindow | undefined): string {
  if (window === undefined) return `${who}: no requests`;
  const seconds = Math.round((window.toMs - window.fromMs) / 100) / 10;
  const p95 = trafficReading(window, 'latency_p95', 1);
  const latency = p95.kind === 'value' ? `, p95 ${Math.round(Number(p95.value))} ms` : '';
  return `${who}: ${window.errors} errors in ${window.requests} requests over ${seconds} s${latency}`;
}

/** The types of the traffic metrics, for the language. */
export const TRAFFIC_SCOPE: TypeScope = {
  metric: (name) => {
    if (name === 'error_rate') return { dimension: 'ratio' };
    if (name === 'throughput') return { dimension: 'rate' };
    return /^latency_p(?:50|95|99)$/.test(name) ? { dimension: 'time' } : undefined;
  },
  metricNames: () => ['error_rate', 'latency_p50', 'latency_p95', 'latency_p99', 'throughput'],
  section: () => false,
  sectionNames: () => [],
};
