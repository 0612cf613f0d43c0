/** Series in which something is not known, and canaries drawn by chance: what the fault suite does in full. */

import { decide } from '../../../src/rollout/analysis/decide.ts';
import { doubledSample } from '../../../src/rollout/analysis/detect.ts';
import { NOTHING, type Evidence, type Side } from '../../../src/rollout/analysis/evidence.ts';
import { looksIn, type Row } from '../../../src/rollout/analysis/recorded.ts';
import type { Histogram } from '../../../src/rollout/analysis/statistics.ts';
import { seeded } from '../../../src/rollout/simulation/random.ts';
import { evidence, five, side, spec } from './rig.ts';

const METRICS = ['error_rate', 'latency_p50', 'latency_p95', 'throughput'];
const RUINS = [
  ...(['no candidate', 'no baseline', 'NaN', 'stale'] as const),
  ...(['few', 'no requests', 'no types', 'table'] as const),
];

type Random = () => number;
const pick = <T>(of: readonly T[], random: Random) => of[Math.floor(random() * of.length)]!;

export function good(requests: number, share: number): Side {
  return side({ requests, share, errors: Math.floor(requests * 0.01) });
}

function ruined(how: (typeof RUINS)[number], looks: Evidence[], random: Random): Evidence[] {
  const last = looks.at(-1)!;
  const who = random() < 0.5 ? 'candidate' : 'stable';
  const told = (value: number, samples = 5000): Side['told'] => ({
    [pick(METRICS, random)]: { kind: 'value', value, samples },
  });
  const spoiled = ((): Evidence => {
    switch (how) {
      case 'no candidate':
        return { ...last, candidate: null };
      case 'no baseline':
        return { ...last, stable: null };
      case 'NaN':
        return {
          ...last,
          [who]: { ...last[who], told: told(pick([NaN, Infinity, -Infinity, -1], random)) },
        };
      case 'stale': {
        const none = { kind: 'none', why: 'the newest point is 90 s old' } as const;
        return { ...last, [who]: { ...last[who], told: { [pick(METRICS, random)]: none } } };
      }
      case 'few': {
        const requests = Math.floor(random() * 20);
        return { ...last, [who]: good(requests, who === 'candidate' ? 0.1 : 0.9) };
      }
      case 'no requests':
        return { ...last, [who]: good(0, 0.1) };
      default:
        return { ...last, [who]: { ...last[who]!, failures: null } };
    }
  })();
  return [...looks.slice(0, -1), spoiled];
}

/** A table whose newest rows have a gap, are NaN, or hold too little. */
function table(random: Random): readonly Evidence[] {
  const how = pick(['gap', 'nan', 'few', 'untold errors', 'one release'], random);
  const rows: Row[] = [];
  const gapAt = 1 + Math.floor(random() * 6);
  for (let minute = 0; minute < 10; minute += 1) {
    for (const release of ['candidate', 'baseline']) {
      const isGone = minute >= gapAt && release === 'candidate';
      if (isGone && how === 'gap') continue;
      if (release === 'candidate' && how === 'one release') continue;
      const requests =
        isGone && how === 'nan' ? NaN : how === 'few' && release === 'candidate' ? 1 : 200;
      const errors = how === 'untold errors' ? {} : { errors: 0, 'error:500': 0 };
      const latencies = { latency_p50: 40, latency_p95: 100 };
      rows.push({ atMs: minute * 60_000, release, values: { requests, ...errors, ...latencies } });
    }
  }
  return looksIn(rows, { candidate: 'candidate', stable: 'baseline', share: 0.1 });
}

/** Series in which something is missing, by seed: those that were promoted all the same. */
export function promotedOf(series: number): readonly string[] {
  const promoted: string[] = [];
  for (let seed = 1; seed <= series; seed += 1) {
    const random = seeded(seed);
    const judge = random() < 0.5 ? 'limits' : 'statistical';
    const requests = 100 + Math.floor(random() * 5000);
    const one = { fromMs: 0, toMs: 600_000, troubles: [] };
    const look = { ...one, candidate: good(requests, 0.1), stable: good(requests * 9, 0.9) };
    const how = pick(RUINS, random);
    const looks =
      how === 'table' ? table(random) : ruined(how, [look, look, look, look, look], random);
    const { answer } = decide(spec({ judge }), looks);
    if (answer === 'pass') promoted.push(`${seed}: ${how}, ${judge}`);
  }
  return promoted;
}

const binomial = (of: number, share: number, random: () => number) => {
  let count = 0;
  for (let one = 0; one < of; one += 1) if (random() < share) count += 1;
  return count;
};

/** Log-normal times around 80 ms, by bucket of 5 %. */
function times(count: number, slower: number, random: () => number): Histogram {
  const counts = new Map<number, number>();
  for (let one = 0; one < count; one += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const bucket = Math.max(
      0,
      Math.ceil(Math.log(80 * slower * Math.exp(0.8 * normal)) / Math.log(1.05)),
    );
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

export function drawn(requests: number, rate: number, slower: number, random: () => number): Side {
  const errors = binomial(requests, rate, random);
  const latency = times(requests, slower, random);
  return {
    ...NOTHING,
    requests,
    errors,
    exposedMs: requests * 10,
    latency,
    failures: { 500: errors },
  };
}

const RATIO = 9;
/** Requests of the candidate that the plan states for a doubled error rate of 1 %. */
export const SAMPLE = doubledSample(0.01, RATIO);

/** Of so many canaries with this error rate beside 1 %, those the statistical judge takes back. */
export function takenBack(canaries: number, rate: number, seed: number): number {
  const random = seeded(seed);
  let failed = 0;
  for (let one = 0; one < canaries; one += 1) {
    const candidate = drawn(SAMPLE, rate, 1, random);
    const stable = drawn(SAMPLE * RATIO, 0.01, 1, random);
    const look = evidence(candidate, stable);
    if (decide(spec({ judge: 'statistical' }), five(look)).answer === 'fail') failed += 1;
  }
  return failed;
}
