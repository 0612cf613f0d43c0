/** The suites as they will be run: what the gates ask for, and what the configuration changes or declares of it. */

import { nearest } from '../language/index.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import type { Layer } from './layers.ts';
import { setupOf, stepOf, teardownOf } from './prove-setup.ts';
import {
  DEFAULT_SCENARIOS,
  FRAMEWORKS,
  SUITE_NAMES,
  type PerformanceConfig,
  type Scenario,
  type ScenarioName,
  type SuiteConfig,
  type SuiteName,
  type Suites,
} from './suite.ts';
import type { Document } from './yaml.ts';

type GateSuites = NonNullable<GateFile['test_suites']>;

/** A gate's wishes, with the file they stand in. */
export interface PlacedSuites {
  readonly document: Document;
  readonly data: Pick<GateFile, 'test_suites'>;
}

/** Libraries beside a framework, and the load generator, which the specification calls frameworks too. */
const ALSO_NAMED = ['supertest', 'k6'];

/** What can be told without the configuration: names of frameworks. */
export function checkGateSuites(
  document: Document,
  file: Pick<GateFile, 'test_suites'>,
  diagnostics: Diagnostic[],
): void {
  const known = [...FRAMEWORKS, ...ALSO_NAMED];
  for (const [name, suite] of Object.entries(file.test_suites ?? {})) {
    for (const framework of suite?.framework?.split('/') ?? []) {
      if (known.includes(framework.trim())) continue;
      const near = nearest(framework.trim(), known);
      const message = `no test framework is called \`${framework.trim()}\` here`;
      const help = near === undefined ? `known: ${known.join(', ')}` : `write ${near}`;
      diagnostics.push(at(document.spot(['test_suites', name, 'framework']), message, [help]));
    }
  }
}

export interface ProvedSuites {
  readonly suites: Suites;
  readonly performance: PerformanceConfig;
}

/** Of several gates, and of several layers, the later one counts. */
export function suitesOf(
  layers: readonly Layer[],
  gates: readonly PlacedSuites[],
  diagnostics: Diagnostic[],
): ProvedSuites {
  const layer = layers.findLast(({ data }) => data.suites !== undefined);
  const own = layers.findLast(({ data }) => data.timeout !== undefined)?.data.timeout ?? 0;
  const suites: Partial<Record<SuiteName, SuiteConfig>> = {};
  for (const name of SUITE_NAMES) {
    const gate = gates.findLast(({ data }) => data.test_suites?.[name] !== undefined);
    const wanted = gate?.data.test_suites?.[name];
    const written = layer?.data.suites?.[name];
    if (wanted === undefined && written === undefined) continue;
    suites[name] = {
      ...fromGate(wanted ?? {}, own),
      ...fromConfig(name, layer, wanted?.setup ?? [], diagnostics),
    };
  }
  return { suites, performance: performanceOf(layer, gates, own, diagnostics) };
}

/** @param own the time a configuration gives any tool: who gives more than a gate means its suites too */
function fromGate(wanted: NonNullable<GateSuites['e2e']>, own: number): SuiteConfig {
  const { timeout, parallel, retries, browsers } = wanted;
  return {
    ...(timeout !== undefined && { timeoutMs: Math.max(timeout, own) }),
    // That files may run side by side leaves it to the framework: not every suite is written for it.
    ...(parallel === false && { parallel: 'never' as const }),
    ...(retries !== undefined && { retries }),
    ...(browsers !== undefined && { browsers }),
  };
}

function fromConfig(
  name: SuiteName,
  layer: Layer | undefined,
  named: readonly string[],
  diagnostics: Diagnostic[],
): SuiteConfig {
  const written = layer?.data.suites?.[name];
  if (layer?.document === undefined || written === undefined) return {};
  const { timeout, parallel, setup, teardown, ...rest } = written;
  const { document } = layer;
  const path = ['suites', name];
  const steps = setupOf(document, path, setup, named, diagnostics);
  const after = teardownOf(document, path, teardown, diagnostics);
  return {
    ...rest,
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(parallel !== undefined && { parallel: parallel ? ('asked' as const) : ('never' as const) }),
    ...(steps !== undefined && { setup: steps }),
    ...(after !== undefined && { teardown: after }),
  } as SuiteConfig;
}

function performanceOf(
  layer: Layer | undefined,
  gates: readonly PlacedSuites[],
  own: number,
  diagnostics: Diagnostic[],
): PerformanceConfig {
  const wanted = gates.findLast(({ data }) => data.test_suites?.performance !== undefined)?.data
    .test_suites?.performance;
  const written = layer?.data.suites?.performance;
  const scenarios = scenariosOf(wanted);
  const limit = wanted?.timeout === undefined ? {} : { timeoutMs: Math.max(wanted.timeout, own) };
  if (layer?.document === undefined || written === undefined) return { ...limit, scenarios };
  const { script, target, start, teardown, env, timeout } = written;
  const { document } = layer;
  const path = ['suites', 'performance'];
  const started =
    start === undefined
      ? undefined
      : stepOf(document, [...path, 'start'], 'start', start, diagnostics);
  const after = teardownOf(document, path, teardown, diagnostics);
  const said = {
    ...{ timeoutMs: timeout, script, target, env, teardown: after },
    setup: started === undefined ? undefined : [started],
  };
  return { ...limit, scenarios, ...withoutBlanks(said) };
}

const withoutBlanks = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

/** The scenarios a gate names, in its order; `thresholds` hold in each of them. */
export function scenariosOf(wanted: GateSuites['performance']): readonly Scenario[] {
  if (wanted?.scenarios === undefined) return DEFAULT_SCENARIOS;
  const named = wanted.scenarios.flatMap((entry) => Object.entries(entry));
  return [...new Map(named.map(([name, text]) => [name, scenarioOf(name, text)])).values()];
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function scenarioOf(name: string, written: string | undefined): Scenario {
  const [, users, count, unit = ''] = /^(\d+) VUs?, *(\d+)(.)$/.exec(written ?? '') ?? [];
  const durationMs = Number(count) * (UNITS[unit] ?? Number.NaN);
  return { name: name as ScenarioName, users: Number(users), durationMs };
}
