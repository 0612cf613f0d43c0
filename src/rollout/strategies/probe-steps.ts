/** Steps that try the paths of a service: the critical ones in staging, the checks around the window in production. Pure. */

import type { EnvironmentConfig } from '../../config/environment.ts';
import { neededBy } from '../../config/needed-probes.ts';
import type { NamedProbe } from '../../config/probe.ts';
import type { AgentAction, PathName, StepName } from '../../judge/deployment.ts';
import { isWalkedByStep, undeclaredPaths } from '../../judge/steps.ts';
import type { ArmedTrigger, Step } from '../plan.ts';
import { namedSteps, type NamedSteps } from './steps.ts';
import { lookEvery, windows } from './watching.ts';

type Smoke = NonNullable<AgentAction['smoke']>;
type Validation = NonNullable<AgentAction['validation']>;

/** One step that tries every path. A path nobody declares is missing. */
export function smokeSteps(
  { step, paths, maxMs }: Smoke,
  agent: string,
  environment: EnvironmentConfig,
): NamedSteps {
  if (paths === undefined || isWalkedByStep(step, paths, environment))
    return namedSteps([step], agent, environment.steps, maxMs);
  const missing = undeclaredPaths(paths, { ...environment, sla: [] });
  const probes = probesFor(paths, environment);
  return {
    steps: [
      { kind: 'probes', name: 'critical_paths', agent, suite: 'smoke', probes, timeoutMs: maxMs },
    ],
    missing,
  };
}

/** The paths that are declared, each after the probes it needs. */
export function probesFor(
  paths: readonly PathName[],
  { probes = {} }: EnvironmentConfig,
): readonly NamedProbe[] {
  const sections = new Map(paths.map(({ name, section }) => [name, section]));
  const declared = paths.filter(({ name }) => Object.hasOwn(probes, name));
  return neededBy(
    declared.map(({ name }) => name),
    probes,
  ).flatMap((name) => {
    const probe = probes[name];
    return probe === undefined ? [] : [{ name, section: sections.get(name) ?? null, probe }];
  });
}

export interface ValidationSteps extends NamedSteps {
  /** Checks nobody declares. */
  readonly unmeasured: readonly string[];
}

const MOST_PARTS = 6;
const CHECKS_WITHIN_MS = 300_000;

/** The checks at the start of the window, at its end, and up to five times in between. */
export function validationSteps(
  validation: Validation,
  agent: string,
  environment: EnvironmentConfig,
  speed: number,
): ValidationSteps {
  const { step, checks = [], undeclared } = validation;
  const trying = tryingSteps(validation, agent, environment);
  const isByStep = isWalkedByStep(step, checks, environment);
  const absent = isByStep ? [] : undeclaredPaths(checks, environment);
  const missing: readonly StepName[] = undeclared === 'refuse' ? absent : [];
  const forMs = validation.windowMs / speed;
  // A part has to be long enough to judge the traffic in it.
  const most = Math.floor(forMs / windows(speed).windowMs);
  const parts = trying === undefined ? 1 : Math.max(1, Math.min(MOST_PARTS, most));
  const watch = (part: number): Step => ({
    kind: 'watch',
    name: parts === 1 ? 'validation_window' : `validation_window (${part} of ${parts})`,
    ...{ agent, forMs: forMs / parts, everyMs: lookEvery(forMs) },
    ...(checks.length > 0 && {
      validates: { badLooks: badLooks(validation), isFirst: part === 1 },
    }),
  });
  const steps: Step[] = trying === undefined ? [] : [trying(1, parts + 1)];
  for (let part = 1; part <= parts; part += 1) {
    steps.push(watch(part));
    if (trying !== undefined) steps.push(trying(part + 1, parts + 1));
  }
  return { steps, missing, unmeasured: absent.map(({ name }) => name) };
}

function badLooks({ sensitivity }: Validation): number {
  return sensitivity === 'high' ? 1 : windows(1).badLooks;
}

/** Undefined where nothing is declared that could be tried. */
function tryingSteps(
  { step, checks = [] }: Validation,
  agent: string,
  environment: EnvironmentConfig,
): ((time: number, of: number) => Step) | undefined {
  const probes = probesFor(checks, environment);
  const name = (time: number, of: number) => `validate (${time} of ${of})`;
  if (probes.length > 0)
    return (time, of) => ({
      ...{ kind: 'probes', name: name(time, of), agent, suite: 'validation', probes },
      timeoutMs: CHECKS_WITHIN_MS,
    });
  const command =
    step && isWalkedByStep(step, checks, environment) ? environment.steps[step.name] : undefined;
  if (command === undefined) return undefined;
  return (time, of) => ({ kind: 'command', name: name(time, of), agent, ...command });
}

/** What was promised of a release that has all traffic, as triggers of the window. */
export function slaTriggers(
  { checks = [] }: Validation,
  agent: string,
  { sla = [] }: EnvironmentConfig,
): readonly ArmedTrigger[] {
  const named = checks.map(({ name }) => name);
  return sla
    .filter(({ check }) => named.includes(check))
    .map(({ check, trigger }) => {
      return { ...trigger, text: `${check}: ${trigger.text}`, agent, within: 'validation' };
    });
}
