/** The environments, the release and the trial of a configuration, proved. */

import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { EnvironmentConfig, ReleaseConfig } from './environment.ts';
import {
  COMMAND_KEYS,
  LOCAL_KEYS,
  type WrittenEnvironment,
  type WrittenStep,
} from './environment-schema.ts';
import { commandSettings, localSettings } from './prove-driver.ts';
import { commandOf, declaredStep } from './prove-command.ts';
import { peopleOf } from './prove-people.ts';
import { toldOf } from './prove-sources.ts';
import { probesIn, probesOf } from './prove-probes.ts';
import { slaOf } from './prove-sla.ts';
import type { Probes } from './probe.ts';
import type { Layer } from './layers.ts';
import type { Document, Step } from './yaml.ts';

/** An environment with the file it comes from. */
export interface PlacedEnvironment {
  readonly environment: EnvironmentConfig;
  readonly document: Document;
}

/** Of all layers: a later one replaces an environment as a whole. */
export function environmentsOf(
  layers: readonly Layer[],
  diagnostics: Diagnostic[],
): readonly PlacedEnvironment[] {
  const placed = new Map<string, PlacedEnvironment>();
  const shared = probesOf(layers, diagnostics);
  for (const { data, document } of layers) {
    if (document === undefined) continue;
    for (const [name, written] of Object.entries(data.environments ?? {})) {
      const environment = environmentOf(document, name, written, shared, diagnostics);
      if (environment !== undefined) placed.set(name, { environment, document });
    }
  }
  checkPorts([...placed.values()], diagnostics);
  return [...placed.values()];
}

export function releaseOf(layers: readonly Layer[], diagnostics: Diagnostic[]): ReleaseConfig {
  const layer = layers.findLast(({ data }) => data.release !== undefined);
  const written = layer?.data.release ?? {};
  const { version, artifact, build, migrations } = written;
  const path = ['release', 'build'];
  const argv =
    build === undefined ? undefined : commandOf(layer!.document!, path, build, diagnostics);
  if (typeof version === 'string' && !/^\S{1,200}$/.test(version)) {
    const spot = layer!.document!.spot(['release', 'version']);
    diagnostics.push(at(spot, 'a version is one word of at most 200 characters'));
  }
  if (argv !== undefined && artifact === undefined) {
    const spot = layer!.document!.keySpot(path);
    diagnostics.push(at(spot, 'nothing says what this build makes', ['add artifact: dist']));
  }
  return {
    ...(version !== undefined && { version }),
    ...(artifact !== undefined && { artifact }),
    ...(argv !== undefined && { build: argv }),
    migrations: migrations ?? 'none',
  };
}

function environmentOf(
  document: Document,
  name: string,
  written: WrittenEnvironment,
  shared: Probes,
  diagnostics: Diagnostic[],
): EnvironmentConfig | undefined {
  const path: readonly Step[] = ['environments', name];
  const before = diagnostics.length;
  refuseStrange(document, name, written, diagnostics);
  const settings = written.driver === 'local' ? localSettings : commandSettings;
  const readyWithinMs = written.ready_within ?? 60_000;
  const driver = settings(document, path, written, readyWithinMs, diagnostics);
  const declared = (steps: readonly Step[], given: WrittenStep | undefined, defaultMs: number) =>
    given === undefined
      ? undefined
      : declaredStep(document, [...path, ...steps], given, defaultMs, diagnostics);
  const steps = Object.entries(written.steps ?? {}).flatMap(([step, given]) => {
    const made = declared(['steps', step], given, STEP_MS);
    return made === undefined ? [] : [[step, made] as const];
  });
  const probes = {
    ...shared,
    ...probesIn(document, [...path, 'probes'], written.probes, diagnostics),
  };
  const alerts = declared(['alerts'], written.alerts, ALERTS_MS);
  const load = declared(['load'], written.load, LOAD_MS);
  const people = peopleOf(document, path, written, diagnostics);
  const traffic = toldOf(document, path, written, diagnostics);
  if (driver === undefined || diagnostics.length > before) return undefined;
  return {
    name,
    driver,
    instances: written.instances ?? 1,
    readyWithinMs,
    steps: Object.fromEntries(steps),
    ...(Object.keys(probes).length > 0 && { probes }),
    ...(written.sla && { sla: slaOf(document, [...path, 'sla'], written.sla) }),
    ...(alerts && { alerts }),
    ...(load && { load }),
    ...traffic,
    onInterrupt: written.on_interrupt ?? 'rollback',
    withoutTraffic: written.without_traffic ?? 'refuse',
    ...people,
  };
}

/** Keys of the other driver. */
function refuseStrange(
  document: Document,
  name: string,
  written: WrittenEnvironment,
  diagnostics: Diagnostic[],
): void {
  const strange = written.driver === 'local' ? COMMAND_KEYS : LOCAL_KEYS;
  const other = written.driver === 'local' ? 'command' : 'local';
  for (const key of Object.keys(written)) {
    if (!Object.hasOwn(strange, key)) continue;
    const message = `\`${key}\` belongs to the driver ${other}`;
    const help = [`the driver of ${name} is ${written.driver}`];
    diagnostics.push(at(document.keySpot(['environments', name, key]), message, help));
  }
}

const STEP_MS = 300_000;
const ALERTS_MS = 30_000;
/** The watch ends it sooner. */
const LOAD_MS = 86_400_000;

function checkPorts(placed: readonly PlacedEnvironment[], diagnostics: Diagnostic[]): void {
  const takenBy = new Map<number, string>();
  for (const { environment, document } of placed) {
    const { name, driver } = environment;
    if (driver.kind !== 'local') continue;
    const { port } = driver.listen;
    const other = takenBy.get(port);
    if (other !== undefined) {
      const spot = document.spot(['environments', name, 'listen']);
      diagnostics.push(at(spot, `${other} listens on port ${port} already`, ['take another port']));
    }
    takenBy.set(port, name);
  }
}
