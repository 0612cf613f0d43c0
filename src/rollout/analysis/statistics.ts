/** The few tests and intervals that a comparison of two releases needs. Deterministic: the same counts, the same answer. Pure. */

/** Standard deviations on one side that leave 5 % beyond them. */
export const Z_ONE_IN_TWENTY = 1.6449;
/** Standard deviations on each side that leave 5 % outside. */
const Z_BOTH = 1.96;

/**
 * The part of a standard normal distribution above `z`, to 1.2e-7 of itself.
 * The Chebyshev fit of erfc in Press et al., Numerical Recipes, 6.2.
 */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const fit = FIT.reduceRight((sum, term) => sum * t + term, 0);
  const tail = (t * Math.exp(-x * x + fit)) / 2;
  return z >= 0 ? tail : 1 - tail;
}

const FIT = [
  ...[-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806],
  ...[0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277],
];

/** An end of the 95 % interval of a share. Wilson, Journal of the American Statistical Association 22, 1927. */
export function shareEnd(share: number, of: number, end: 'low' | 'high'): number {
  const middle = share + Z_BOTH ** 2 / (2 * of);
  const half = Z_BOTH * Math.sqrt((share * (1 - share)) / of + Z_BOTH ** 2 / (4 * of * of));
  const scale = 1 + Z_BOTH ** 2 / of;
  return end === 'low'
    ? Math.max(0, (middle - half) / scale)
    : Math.min(1, (middle + half) / scale);
}

/** How far a count of independent events strays from what is expected, as a share of it: 95 %. */
export function countSpread(count: number): number {
  return count <= 0 ? 1 : Z_BOTH / Math.sqrt(count);
}

/** Ranks between which a quantile of `of` sorted samples lies, 95 %: the normal approximation. */
export function rankEnd(of: number, quantile: number, end: 'low' | 'high'): number {
  const half = Z_BOTH * Math.sqrt(of * quantile * (1 - quantile));
  const rank = end === 'low' ? Math.floor(of * quantile - half) : Math.ceil(of * quantile + half);
  return Math.min(of, Math.max(1, rank));
}

/**
 * How probable it is that so many or more of all errors fall on the candidate when both releases fail alike: Fisher's exact
 * test, one-sided. Exact, since a canary has few errors and far fewer requests than what it is compared with.
 */
export function sameShareChance(
  candidate: { readonly errors: number; readonly requests: number },
  stable: { readonly errors: number; readonly requests: number },
): number {
  const errors = candidate.errors + stable.errors;
  const all = candidate.requests + stable.requests;
  const most = Math.min(errors, candidate.requests);
  let term = Math.exp(
    logChoose(errors, candidate.errors) +
      logChoose(all - errors, candidate.requests - candidate.errors) -
      logChoose(all, candidate.requests),
  );
  let sum = term;
  for (let count = candidate.errors; count < most; count += 1) {
    const others = all - errors - candidate.requests + count + 1;
    term *= ((errors - count) * (candidate.requests - count)) / ((count + 1) * others);
    sum += term;
    if (term < sum * 1e-12) break;
  }
  return Math.min(1, sum);
}

function logChoose(of: number, taken: number): number {
  return logFactorial(of) - logFactorial(taken) - logFactorial(of - taken);
}

/** Exact for small numbers, Stirling's series above: to 1e-10. Abramowitz and Stegun, 6.1.41. */
function logFactorial(n: number): number {
  if (n < 2) return 0;
  if (n < 16) {
    let sum = 0;
    for (let factor = 2; factor <= n; factor += 1) sum += Math.log(factor);
    return sum;
  }
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + series;
}

/** Counts by bucket, both by the same buckets, in ascending order. */
export type Histogram = readonly (readonly [bucket: number, count: number])[];

/**
 * Does the candidate take longer? Mann-Whitney U, one-sided, corrected for ties and continuity: every bucket is one tie.
 * Mann and Whitney, Annals of Mathematical Statistics 18, 1947.
 * @returns `chance` that equal releases differ so; `effect`: how often a request of the candidate takes longer than one
 * of the other, 0.5 where they are alike (Vargha and Delaney's A, 2000). Undefined where one of them has none.
 */
export function slowerChance(
  candidate: Histogram,
  stable: Histogram,
): { readonly chance: number; readonly effect: number } | undefined {
  const [n, m] = [total(candidate), total(stable)];
  if (n === 0 || m === 0) return undefined;
  const other = new Map(stable);
  const own = new Map(candidate);
  const buckets = [...new Set([...own.keys(), ...other.keys()])].sort((a, b) => a - b);
  let [below, u, ties] = [0, 0, 0];
  for (const bucket of buckets) {
    const [a, b] = [own.get(bucket) ?? 0, other.get(bucket) ?? 0];
    u += a * (below + b / 2);
    below += b;
    ties += (a + b) ** 3 - (a + b);
  }
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  const z = variance <= 0 ? 0 : (u - (n * m) / 2 - 0.5) / Math.sqrt(variance);
  return { chance: upperTail(z), effect: u / (n * m) };
}

export function total(histogram: Histogram): number {
  return histogram.reduce((sum, [, count]) => sum + count, 0);
}
