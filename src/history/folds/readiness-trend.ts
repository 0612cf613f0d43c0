/** How readiness went: score, gates and builds over the recorded checks of a service. */

import type { JournalEvent } from '../journal.ts';
import type { RecordBodies } from '../records.ts';
import { readRecord } from './read-record.ts';

type Check = RecordBodies['check_recorded'];

/** How many builds `build_success_rate` looks at: the last 20 recorded ones. */
export const RECENT_BUILDS = 20;

export interface ReadinessPoint {
  /** The event. */
  readonly id: string;
  readonly seq: number;
  readonly at: number;
  readonly commit: string | null;
  readonly readiness: Check['readiness'];
  /** Points 0..100; null where there is no score. */
  readonly low: number | null;
  readonly high: number | null;
  /** Share 0..1. */
  readonly evidence: number | null;
}

/** A share of records; `none` where there is nothing to take a share of, which is not 0. */
export type Rate =
  | {
      readonly kind: 'measured';
      /** 0..1 */
      readonly value: number;
      readonly good: number;
      readonly of: number;
      /** The events behind it, oldest first. */
      readonly ids: readonly string[];
    }
  | { readonly kind: 'none'; readonly why: string };

export interface ReadinessTrend {
  /** Whole checks, oldest first. A partial one has no score to compare. */
  readonly points: readonly ReadinessPoint[];
  /** What decides, for a sparkline: the low end of each point's score; null where it had none. */
  readonly scores: readonly (number | null)[];
  /** Low end now less the one scored before it, in points; null with fewer than two. */
  readonly change: number | null;
  /** A gate passes when its verdict is `passed` or `warned`. Gates in the order they were first met. */
  readonly gates: readonly { readonly gate: string; readonly rate: Rate }[];
  readonly build_success_rate: Rate;
  /** Checks left out: partial ones; records that cannot be read. */
  readonly partial: number;
  readonly bad: number;
}

/** Of the events of the stream `-`, in any order and with anything between them. */
export function readinessTrendOf(events: Iterable<JournalEvent>): ReadinessTrend {
  const whole: { readonly event: JournalEvent; readonly check: Check }[] = [];
  let partial = 0;
  let bad = 0;
  for (const event of inOrder(events)) {
    if (event.type !== 'check_recorded') continue;
    const read = readRecord(event);
    if (read.kind !== 'record' || read.record.type !== 'check_recorded') bad += 1;
    else if (read.record.body.partial) partial += 1;
    else whole.push({ event, check: read.record.body });
  }
  const points = whole.map(({ event, check }) => pointOf(event, check));
  const scores = points.map(({ low }) => low);
  const rated = (gate: string, last: number) => rateOf(gate, whole, last);
  return {
    points,
    scores,
    change: changeOf(scores),
    gates: [...new Set(whole.flatMap(({ check }) => Object.keys(check.gates)))].map((gate) => ({
      gate,
      rate: rated(gate, whole.length),
    })),
    build_success_rate: rated('build', RECENT_BUILDS),
    partial,
    bad,
  };
}

function inOrder(events: Iterable<JournalEvent>): readonly JournalEvent[] {
  const bySeq = new Map([...events].map((event) => [event.seq, event]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function pointOf(
  { id, seq, at }: JournalEvent,
  { commit, readiness, score }: Check,
): ReadinessPoint {
  const { low = null, high = null, evidence = null } = score ?? {};
  return { id, seq, at, commit, readiness, low, high, evidence };
}

function changeOf(scores: readonly (number | null)[]): number | null {
  const [before, now] = scores.filter((score) => score !== null).slice(-2);
  return before === undefined || now === undefined ? null : now - before;
}

/** Over the last checks that had this gate. */
function rateOf(
  gate: string,
  whole: readonly { readonly event: JournalEvent; readonly check: Check }[],
  last: number,
): Rate {
  const had = whole.filter(({ check }) => Object.hasOwn(check.gates, gate)).slice(-last);
  if (had.length === 0) return { kind: 'none', why: `no whole check with a ${gate} gate` };
  const good = had.filter(({ check }) => isPass(check.gates[gate])).length;
  const ids = had.map(({ event }) => event.id);
  return { kind: 'measured', value: good / had.length, good, of: had.length, ids };
}

function isPass(verdict: Check['gates'][string] | undefined): boolean {
  return verdict === 'passed' || verdict === 'warned';
}
