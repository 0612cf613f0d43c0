/** All layers as one configuration: what a later one says replaces what an earlier one said; lists add up. */

import path from 'node:path';
import type { Tolerance } from '../judge/reading.ts';
import type { Config, CustomRunner } from './config.ts';
import type { Layer } from './layers.ts';

/** @param hasOwn whether the last layer is the project's own */
export function mergeLayers(
  layers: readonly Layer[],
  hasOwn: boolean,
  custom: readonly CustomRunner[],
  tolerate: readonly Tolerance[],
  root: string,
  places: Pick<Config, 'environments' | 'release' | 'suites' | 'performance'>,
): Config {
  const all = layers.map(({ data }) => data);
  const last = <T>(pick: (data: Layer['data']) => T | undefined): T | undefined =>
    all.map(pick).findLast((value) => value !== undefined);
  const store = last(({ store }) => store);
  const trial = last((data) => data.trial);
  const own = hasOwn ? layers.at(-1) : undefined;
  return {
    file: own?.file,
    service: last(({ service }) => service) ?? path.basename(root),
    describedAs: own?.file === undefined ? 'no config, recommended gates' : path.basename(own.file),
    mode: Object.assign({}, ...all.map(({ mode }) => mode ?? {})) as Config['mode'],
    tolerate,
    require: [...new Set(all.flatMap(({ require }) => require ?? []))],
    jobs: last(({ jobs }) => jobs) ?? 1,
    custom,
    // What opens an environment, and the address of the store that may hold a password, which is no tool's business.
    secrets: [
      ...all.flatMap(({ secrets }) => secrets ?? []),
      ...places.environments.flatMap(({ driver }) =>
        driver.kind === 'command' ? driver.secrets : [],
      ),
      ...(typeof store === 'object' ? [store.env] : []),
    ],
    ...(store !== undefined && { store }),
    ...places,
    ...(trial !== undefined && { trial }),
    timeoutMs: last(({ timeout }) => timeout) ?? 600_000,
    outputCapBytes: last(({ output_cap }) => output_cap) ?? 64 * 1024 * 1024,
  };
}
