/** All layers as one configuration: what a later one says replaces what an earlier one said; lists add up. */

import path from 'node:path';
import type { Tolerance } from '../judge/reading.ts';
import { DEFAULT_AUDIT, type AuditConfig, type Config, type CustomRunner } from './config.ts';
import { DEFAULT_COVERAGE, type CoverageConfig } from './coverage.ts';
import type { Layer } from './layers.ts';

/** @param hasOwn whether the last layer is the project's own */
export function mergeLayers(
  layers: readonly Layer[],
  hasOwn: boolean,
  custom: readonly CustomRunner[],
  tolerate: readonly Tolerance[],
  root: string,
  places: Pick<
    Config,
    'environments' | 'release' | 'waivers' | 'packages' | 'suites' | 'performance'
  > & { readonly bundle: Config['bundle'] | undefined },
): Config {
  const all = layers.map(({ data }) => data);
  const last = <T>(pick: (data: Layer['data']) => T | undefined): T | undefined =>
    all.map(pick).findLast((value) => value !== undefined);
  const store = last(({ store }) => store);
  const trial = last((data) => data.trial);
  const { bundle, ...where } = places;
  const own = hasOwn ? layers.at(-1) : undefined;
  return {
    file: own?.file,
    service: last(({ service }) => service) ?? path.basename(root),
    describedAs: describe(own?.file, places.packages),
    mode: Object.assign({}, ...all.map(({ mode }) => mode ?? {})) as Config['mode'],
    tolerate,
    require: [...new Set(all.flatMap(({ require }) => require ?? []))],
    jobs: last(({ jobs }) => jobs) ?? 1,
    coverage: coverageOf(
      last(({ coverage }) => coverage),
      custom,
    ),
    audit: auditOf(
      last((data) => data.audit),
      places.release,
    ),
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
    ...where,
    ...(bundle !== undefined && { bundle }),
    ...(trial !== undefined && { trial }),
    timeoutMs: last(({ timeout }) => timeout) ?? 600_000,
    outputCapBytes: last(({ output_cap }) => output_cap) ?? 64 * 1024 * 1024,
  };
}

function coverageOf(
  { critical_paths, include, exclude, new_code_from }: NonNullable<Layer['data']['coverage']> = {},
  custom: readonly CustomRunner[],
): CoverageConfig {
  return {
    criticalPaths: critical_paths ?? DEFAULT_COVERAGE.criticalPaths,
    exclude: exclude ?? DEFAULT_COVERAGE.exclude,
    newCodeFrom: new_code_from ?? DEFAULT_COVERAGE.newCodeFrom,
    joined: custom.filter(({ joins }) => joins === 'coverage').map(({ id }) => id),
    ...(include !== undefined && { include }),
  };
}

function auditOf(audit: Layer['data']['audit'], { artifact }: Config['release']): AuditConfig {
  const { image, database_max_age: databaseMaxAgeMs } = audit ?? {};
  return {
    ...DEFAULT_AUDIT,
    ...(image !== undefined && { image }),
    ...(typeof artifact === 'string' && { artifact }),
    ...(databaseMaxAgeMs !== undefined && { databaseMaxAgeMs }),
  };
}

/** `nemesis.config.yaml, @acme/gates 1.0.0`: whose gates these are, in the version that is installed. */
function describe(file: string | undefined, packages: Config['packages']): string {
  if (file === undefined) return 'no config, recommended gates';
  const shared = packages.map(({ name, version }) => `${name} ${version}`.trim());
  return [path.basename(file), ...shared].join(', ');
}
