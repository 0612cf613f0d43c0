/** The settings of each driver, with what is needed there and what is meant where nothing is said. */

import { durationText } from '../judge/written.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { CommandSettings, HealthProbe, LocalSettings } from './environment.ts';
import type { WrittenEnvironment } from './environment-schema.ts';
import { commandOf } from './prove-command.ts';
import type { Document, Step } from './yaml.ts';

export function localSettings(
  document: Document,
  path: readonly Step[],
  written: WrittenEnvironment,
  readyWithinMs: number,
  diagnostics: Diagnostic[],
): LocalSettings | undefined {
  needs(document, path, written, ['listen', 'start'], diagnostics);
  const { listen, start, env = {}, pass_env: passEnv = [] } = written;
  for (const name of Object.keys(env)) {
    const given = GIVEN.includes(name);
    if (!given && !passEnv.includes(name)) continue;
    const message = given ? `${name} is given by nemesis` : `${name} stands in \`pass_env\` too`;
    const help = [given ? 'take it out' : 'keep one of them'];
    diagnostics.push(at(document.keySpot([...path, 'env', name]), message, help));
  }
  passEnv.forEach((name, index) => {
    if (!GIVEN.includes(name)) return;
    const spot = document.spot([...path, 'pass_env', index]);
    diagnostics.push(at(spot, `${name} is given by nemesis`, ['take it out']));
  });
  const health = probeOf(written);
  const soonest = health.intervalMs * (health.healthyAfter - 1);
  if (soonest >= readyWithinMs) {
    const key = written.ready_within === undefined ? 'health' : 'ready_within';
    const message = `no instance can be ready within ${durationText(readyWithinMs)}: ${health.healthyAfter} good answers take ${durationText(soonest)}`;
    const help = ['ask more often, or give more time'];
    diagnostics.push(at(document.keySpot([...path, key]), message, help));
  }
  if (listen === undefined || start === undefined) return undefined;
  const argv = commandOf(document, [...path, 'start'], start, diagnostics);
  if (argv === undefined) return undefined;
  return {
    kind: 'local',
    listen,
    start: argv,
    env: { ...env },
    passEnv,
    health,
    drainMs: written.drain ?? 30_000,
    keep: written.keep ?? 3,
  };
}

/** What every instance is told. */
const GIVEN = ['PORT', 'HOST', 'VERSION', 'INSTANCE'];

function probeOf({ health }: WrittenEnvironment): HealthProbe {
  const { path, interval, timeout, healthy_after, unhealthy_after } =
    typeof health === 'string' ? { path: health } : (health ?? {});
  return {
    path: path ?? '/healthz',
    intervalMs: interval ?? 1000,
    timeoutMs: timeout ?? 2000,
    healthyAfter: healthy_after ?? 2,
    unhealthyAfter: unhealthy_after ?? 3,
  };
}

export function commandSettings(
  document: Document,
  path: readonly Step[],
  written: WrittenEnvironment,
  _readyWithinMs: number,
  diagnostics: Diagnostic[],
): CommandSettings | undefined {
  needs(document, path, written, ['observe', 'apply'], diagnostics);
  const { observe, apply, by_hand: byHand, url } = written;
  if (observe === undefined || apply === undefined) return undefined;
  const observes = commandOf(document, [...path, 'observe'], observe, diagnostics);
  const applies = commandOf(document, [...path, 'apply'], apply, diagnostics);
  if (observes === undefined || applies === undefined) return undefined;
  return {
    kind: 'command',
    observe: observes,
    apply: applies,
    ...(byHand !== undefined && { byHand }),
    ...(url !== undefined && { url }),
    secrets: written.secrets ?? [],
    reach: written.reach ?? 'network',
    dials: [...new Set(written.dials ?? (['instances'] as const))],
    timeoutMs: written.timeout ?? 60_000,
  };
}

type Needed = 'listen' | 'start' | 'observe' | 'apply';

function needs(
  document: Document,
  path: readonly Step[],
  written: WrittenEnvironment,
  keys: readonly Needed[],
  diagnostics: Diagnostic[],
): void {
  for (const key of keys) {
    if (written[key] !== undefined) continue;
    const message = `the driver ${written.driver} needs \`${key}\``;
    diagnostics.push(at(document.keySpot(path), message, [`add ${EXAMPLES[key]}`]));
  }
}

const EXAMPLES: Readonly<Record<Needed, string>> = {
  listen: 'listen: 127.0.0.1:8081',
  start: 'start: node dist/main.js',
  observe: 'observe: ops/observe',
  apply: 'apply: ops/apply',
};
