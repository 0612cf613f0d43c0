/** The runners a configuration names must exist. */

import { nearest } from '../language/index.ts';
import type { Tolerance } from '../judge/reading.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { Layer } from './layers.ts';
import type { Spot } from './yaml.ts';

/** The absences a layer accepts, each with the place that says so. */
export function tolerancesOf(
  { data, document }: Layer,
  runnerIds: readonly string[],
  diagnostics: Diagnostic[],
): Tolerance[] {
  if (document === undefined) return [];
  return Object.entries(data.tolerate ?? {}).flatMap(([runner, states]) => {
    if (!runnerIds.includes(runner)) {
      diagnostics.push(unknown(runner, document.keySpot(['tolerate', runner]), runnerIds));
    }
    return states.map((state, index) => {
      const { file, line, column } = document.spot(['tolerate', runner, index]);
      return { runner, state, place: { file, line, column } };
    });
  });
}

export function unknownRequired(
  { data, document }: Layer,
  runnerIds: readonly string[],
): Diagnostic[] {
  if (document === undefined) return [];
  return (data.require ?? []).flatMap((runner, index) => {
    if (runnerIds.includes(runner)) return [];
    return [unknown(runner, document.spot(['require', index]), runnerIds)];
  });
}

function unknown(runner: string, spot: Spot, runnerIds: readonly string[]): Diagnostic {
  const near = nearest(runner, runnerIds);
  const help = near === undefined ? `known: ${runnerIds.join(', ')}` : `write ${near}`;
  return at(spot, `no runner is called \`${runner}\``, [help]);
}
