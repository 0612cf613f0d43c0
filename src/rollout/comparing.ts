/**
 * Gathers what a comparison goes by while a canary is watched: the environment's counters at every look, and what declared
 * sources say, who are asked beside the looks so that a slow one holds up no trigger.
 */

import type { ReleaseRecord } from '../history/records.ts';
import { decide } from './analysis/decide.ts';
import { added, NOTHING, type Evidence, type Side, type Told } from './analysis/evidence.ts';
import type { AnalysisSpec, Verdict } from './analysis/spec.ts';
import type { Observed } from './driver.ts';
import type { Plan } from './plan.ts';
import type { WalkPorts } from './ports.ts';
import { slotSeen } from './shape.ts';
import type { Saying } from './sources/asked.ts';
import type { Sayings, SourcesSaid } from './sources/ask-all.ts';
import type { TrafficLook } from './traffic.ts';

export interface Comparing {
  /** @param at epoch ms */
  see(observed: Observed, at: number): void;
  /** Of a source that could not be asked so often in a row that it is given up; undefined while there is none. */
  trouble(): string | undefined;
  /** Waits for the sources, and judges the whole comparison so far. */
  judge(): Promise<{ readonly verdict: Verdict; readonly looks: readonly Evidence[] }>;
  /** Ends what is still asked. */
  end(): void;
}

/** A source that fails so often in a row is given up. */
const MOST_ERRORS = 5;

/** @param fromMs what comes before is not compared: the candidate warms up */
export function comparingOf(
  spec: AnalysisSpec,
  plan: Plan,
  ports: Pick<WalkPorts, 'sources' | 'clock' | 'lost'>,
  fromMs: number,
): Comparing {
  const candidate = counting(plan.release, fromMs);
  const stable = counting(plan.stable, fromMs);
  const sources = sourcesAsked(plan, ports, fromMs);
  let looks: readonly Evidence[] = [];

  const evidenceAt = (toMs: number): Evidence => {
    const said = sources.said();
    const sides = { candidate: candidate.side(), stable: stable.side() };
    return {
      ...{ fromMs, toMs, troubles: said?.troubles ?? [] },
      candidate: withSaid(sides.candidate, said?.candidate, spec.declared),
      stable: withSaid(sides.stable, said?.stable, spec.declared),
    };
  };

  return {
    see(observed, at) {
      const isCounted = at >= fromMs;
      candidate.see(observed, at);
      stable.see(observed, at);
      if (!isCounted) return;
      sources.poll();
      looks = [...looks, evidenceAt(at)].slice(-spec.looks.of);
    },
    trouble: () => sources.trouble(),
    async judge() {
      await sources.askOnce();
      const newest = looks.at(-1);
      if (newest !== undefined) looks = [...looks.slice(0, -1), evidenceAt(newest.toMs)];
      return { verdict: decide(spec, looks), looks };
    },
    end: () => sources.end(),
  };
}

/** What one release's counters have added up to. */
function counting(release: ReleaseRecord | null, fromMs: number) {
  let side: Side | null = null;
  let before: TrafficLook | undefined;
  return {
    side: () => side,
    see(observed: Observed, at: number) {
      const slot = slotSeen(observed, release);
      if (!slot?.traffic) return;
      const look = { at, traffic: slot.traffic, share: slot.share };
      if (before !== undefined && before.at >= fromMs) side = added(side ?? NOTHING, before, look);
      before = look;
    },
  };
}

function sourcesAsked(
  { metrics, release, stable, environment, service }: Plan,
  { sources: ask, clock, lost }: Pick<WalkPorts, 'sources' | 'clock' | 'lost'>,
  fromMs: number,
) {
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, lost]);
  const inARow = new Map<string, number>();
  let said: SourcesSaid | undefined;
  let running: Promise<void> | undefined;

  async function once(): Promise<void> {
    if (metrics === undefined || ask === undefined || stable === null) return;
    const named = ({ version }: ReleaseRecord) => ({ release: version, environment, service });
    const asked = { candidate: named(release), stable: named(stable), fromMs, toMs: clock.now() };
    const answer = await ask({ sources: metrics, ...asked }, signal);
    if (signal.aborted) return;
    said = answer;
    for (const metric of Object.keys(metrics)) {
      const failed = answer.troubles.some((line) => line.startsWith(`${metric}: `));
      inARow.set(metric, failed ? (inARow.get(metric) ?? 0) + 1 : 0);
    }
  }

  function poll(): Promise<void> {
    running ??= once().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    said: () => said,
    poll: () => void poll(),
    async askOnce() {
      await running;
      await poll();
    },
    trouble() {
      const [metric] = [...inARow].find(([, count]) => count >= MOST_ERRORS) ?? [];
      if (metric === undefined) return undefined;
      return said?.troubles.find((line) => line.startsWith(`${metric}: `)) ?? metric;
    },
    end: () => ending.abort(),
  };
}

/** What is declared goes before what was counted: where nobody told it, it is not known. */
function withSaid(
  side: Side | null,
  sayings: Sayings | undefined,
  declared: readonly string[],
): Side | null {
  if (declared.length === 0) return side;
  const counted = side?.requests ?? 0;
  const told: Record<string, Told> = {};
  let failures = side?.failures ?? null;
  const samples = requestsTold(sayings?.['requests']) ?? counted;
  for (const metric of declared) {
    const saying = sayings?.[metric];
    if (metric === 'error_types') failures = saying?.kind === 'types' ? saying.types : null;
    else told[metric] = toldOf(saying, samples);
  }
  return { ...(side ?? NOTHING), told, failures };
}

function requestsTold(saying: Saying | undefined): number | undefined {
  return saying?.kind === 'told' && saying.told.kind === 'value' ? saying.told.value : undefined;
}

function toldOf(saying: Saying | undefined, samples: number): Told {
  if (saying?.kind !== 'told') return { kind: 'none', why: 'the source was not asked yet' };
  const { told, isByPoints = false } = saying;
  if (told.kind === 'none') return told;
  // NaN is no JSON: the record of a verdict could not say it.
  if (!Number.isFinite(told.value)) return { kind: 'none', why: `it was ${told.value}` };
  return isByPoints && samples > 0 ? { ...told, samples } : told;
}
