/** What was counted of both releases, in a line each. Pure. */

import type { Evidence, Side } from './evidence.ts';

export function sidesText(
  { candidate, stable, fromMs, toMs }: Evidence,
  metrics: readonly string[],
): string[] {
  const seconds = Math.round((toMs - fromMs) / 100) / 10;
  return [
    `candidate: ${sideText(candidate, metrics)} over ${seconds} s`,
    `baseline: ${sideText(stable, metrics)} over ${seconds} s`,
  ];
}

function sideText(side: Side | null, metrics: readonly string[]): string {
  if (side === null) return 'nothing';
  const told = metrics.flatMap((metric) => {
    const one = Object.hasOwn(side.told, metric) ? side.told[metric] : undefined;
    return one?.kind === 'value' ? [`${metric} told by a source, ${one.samples} samples`] : [];
  });
  if (told.length > 0) return told.join(', ');
  const { requests, errors, shed, resets } = side;
  const more = [
    ...(shed > 0 ? [`${shed} turned away with 429`] : []),
    ...(resets > 0 ? [`counters began anew ${resets === 1 ? 'once' : `${resets} times`}`] : []),
  ];
  return [`${errors} errors in ${requests} requests`, ...more].join(', ');
}
