/** The order that probes make among themselves. Pure. */

import type { Probes } from './probe.ts';

/** The probes that are needed, and those they need, each before the one that needs it. */
export function neededBy(
  needs: readonly string[],
  probes: Probes,
  seen: readonly string[] = [],
): readonly string[] {
  const found: string[] = [];
  for (const name of needs) {
    if (seen.includes(name) || found.includes(name)) continue;
    const known = Object.hasOwn(probes, name) ? probes[name] : undefined;
    const deeper = neededBy(known?.needs ?? [], probes, [...seen, ...found, name]);
    found.push(...deeper.filter((one) => !found.includes(one)), name);
  }
  return found;
}
