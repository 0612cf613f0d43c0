/**
 * Who gets the next request. Exact, not random: after any number of requests each release has got its share of them,
 * rounded up or down. Each turn of a release has a first and a last place in the sequence where it may stand (the window of
 * the proportionate fair schedule); of the turns that may stand now the one that must stand soonest is taken.
 * Baruah et al., "Proportionate progress", 1996.
 */

/** Shares are whole numbers of this many parts. */
const PARTS = 1_000_000;

export interface ShareSequence {
  /** Index of the release that gets the next request; -1 where no release has a share. */
  next(): number;
}

/** `shares` add up to 1, or are all 0. */
export function shareSequence(shares: readonly number[]): ShareSequence {
  const parts = wholeParts(shares);
  const given = parts.map(() => 0);
  const only = parts.indexOf(PARTS);
  const isNone = parts.every((part) => part === 0);
  let place = 0;
  return {
    next() {
      if (only >= 0 || isNone) return only;
      const chosen = soonest(parts, given, place);
      given[chosen] = given[chosen]! + 1;
      place += 1;
      if (place === PARTS) {
        place = 0;
        given.fill(0);
      }
      return chosen;
    },
  };
}

function soonest(parts: readonly number[], given: readonly number[], place: number): number {
  let chosen = -1;
  let deadline = Infinity;
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index]!;
    const turn = given[index]!;
    const mayStandHere = turn * PARTS < (place + 1) * part;
    if (!mayStandHere) continue;
    const last = Math.ceil(((turn + 1) * PARTS) / part);
    if (last < deadline) {
      deadline = last;
      chosen = index;
    }
  }
  return chosen;
}

/** Rounded so that they add up: what is left over goes to the ones that lost most. */
function wholeParts(shares: readonly number[]): number[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  if (sum <= 0) return shares.map(() => 0);
  const exact = shares.map((share) => (share / sum) * PARTS);
  const parts = exact.map(Math.floor);
  const left = PARTS - parts.reduce((total, part) => total + part, 0);
  const losers = exact.map((value, index) => ({ index, lost: value - Math.floor(value) }));
  losers.sort((a, b) => b.lost - a.lost);
  for (const { index } of losers.slice(0, left)) parts[index] = parts[index]! + 1;
  return parts;
}
