/**
 * The optional judge: is the candidate worse than chance explains? Error rates by Fisher's exact test with the rate ratio
 * as effect; latencies by Mann-Whitney's U with Vargha and Delaney's A. Each at 0.4 %, so that of equal releases at most one
 * of a hundred is taken back by either. Pure.
 *
 * What it takes for granted: requests fail and take their time independently of each other.
 */

import type { Evidence } from './evidence.ts';
import { sameShareChance, slowerChance } from './statistics.ts';

/** Chance of a no to equal releases, by one test. */
export const ALPHA = 0.004;
/** Standard deviations that leave `ALPHA` beyond them. */
export const Z_ALPHA = 2.652;
/** A rate that grows by less than half is not worth a rollback, however sure. */
const LEAST_RATIO = 1.5;
/** Vargha and Delaney's bound of a small effect. */
const LEAST_EFFECT = 0.56;

/** @param holds does the sentence itself? Of latencies the sentence is the effect that counts */
export function statisticalNo(
  metrics: readonly string[],
  { candidate, stable }: Evidence,
  holds: boolean,
): { readonly is: boolean; readonly lines: readonly string[] } {
  if (candidate === null || stable === null) return { is: false, lines: [] };
  if (metrics.includes('error_rate') && !Object.hasOwn(candidate.told, 'error_rate')) {
    const chance = sameShareChance(candidate, stable);
    const [own, other] = [candidate.errors / candidate.requests, stable.errors / stable.requests];
    const isWorse = own >= other * LEAST_RATIO && own > other;
    return {
      is: isWorse && chance < ALPHA,
      lines: [`equal releases differ so by chance ${chanceText(chance)}`],
    };
  }
  if (!metrics.some((name) => name.startsWith('latency'))) return { is: false, lines: [] };
  const slower = slowerChance(candidate.latency, stable.latency);
  if (slower === undefined) return { is: false, lines: [] };
  const effect = Math.round(slower.effect * 1000) / 10;
  return {
    is: !holds && slower.chance < ALPHA && slower.effect >= LEAST_EFFECT,
    lines: [
      `its requests take longer than the other's in ${effect} % of all pairs; ` +
        `equal releases differ so by chance ${chanceText(slower.chance)}`,
    ],
  };
}

function chanceText(chance: number): string {
  if (chance >= 0.01) return `in ${Math.round(chance * 100)} of 100 cases`;
  return chance >= 1e-5
    ? `once in ${Math.round(1 / chance)} cases`
    : 'less than once in 100 000 cases';
}
