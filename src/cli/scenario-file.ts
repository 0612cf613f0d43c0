/** A scenario of `deploy:simulate` from a file, YAML or JSON: proved like every file a person writes. */

import * as z from 'zod/mini';
import { id, numberFrom, oneOf, percent, text, truth, wait } from '../config/atoms.ts';
import { at, diagnoseIssues } from '../config/diagnose.ts';
import { knownKeys } from '../config/known-keys.ts';
import { createLook } from '../config/look.ts';
import { openSeen, type Document } from '../config/yaml.ts';
import { fail, ok, type Diagnostic, type Result } from '../failure.ts';
import { APPLY_FAULTS, type DriverFault } from '../rollout/simulation/driver-faults.ts';
import type { ReleaseScript } from '../rollout/simulation/fleet.ts';
import { HEALTHY, type Scenario } from '../rollout/simulation/scenario.ts';
import { always, SINCE, type Point, type Timeline } from '../rollout/simulation/timeline.ts';

const since = z.optional(oneOf(...SINCE));

/** A value for good, or values that begin one after the other. */
function timeline<T extends z.ZodMiniType>(value: T, expected: string) {
  const point = z.strictObject({ at: z.optional(wait), since, value });
  const points = z.array(point).check(z.minLength(1), z.maxLength(100));
  return z.optional(z.union([value, points], { error: expected }));
}

const latency = z.strictObject({ p50: wait, p95: wait });
const latencyPoint = z.strictObject({ at: z.optional(wait), since, p50: wait, p95: wait });
const rate = numberFrom(0, 100_000);

const Release = z.strictObject({
  start_up: z.optional(wait),
  healthy: timeline(percent, 'expected a percentage such as 100%, or a list of { at, value }'),
  /** Points that count from the start begin again after so long. */
  repeat: z.optional(wait),
  error_share: timeline(percent, 'expected a percentage such as 0.1%, or a list of { at, value }'),
  latency: z.optional(
    z.union([latency, z.array(latencyPoint).check(z.minLength(1), z.maxLength(100))], {
      error: 'expected { p50: 40ms, p95: 120ms }, or a list of them with `at`',
    }),
  ),
  restorable: z.optional(truth),
});

const Fault = z.strictObject({
  kind: oneOf('unreachable', 'slow', ...APPLY_FAULTS),
  at: z.optional(wait),
  for: z.optional(wait),
  by: z.optional(wait),
  apply: z.optional(numberFrom(1, 1000)),
});

const ScenarioFile = z.strictObject({
  first_deployment: z.optional(truth),
  requests_per_second: timeline(rate, 'expected a number, or a list of { at, value }'),
  counts_requests: z.optional(truth),
  candidate: z.optional(Release),
  stable: z.optional(Release),
  driver_faults: z.optional(z.array(Fault).check(z.maxLength(100))),
  commands: z.optional(
    z.record(
      id,
      z.strictObject({ takes: z.optional(wait), exit_code: z.optional(numberFrom(0, 255)) }),
    ),
  ),
  alerts: z.optional(z.array(z.strictObject({ at: wait, for: wait, title: text }))),
  asked_back_at: z.optional(wait),
  interrupted_at: z.optional(wait),
});

type Written = z.output<typeof ScenarioFile>;

/** @param file absolute @param shown as people know it */
export function readScenario(file: string, shown: string): Result<Scenario> {
  const opened = openSeen(shown, createLook()(file));
  if (!opened.ok) return fail({ kind: 'bad_input', diagnostics: opened.diagnostics });
  const { document } = opened;
  const parsed = ScenarioFile.safeParse(document.value);
  if (!parsed.success) {
    const known = (path: Parameters<typeof knownKeys>[1]) => knownKeys(ScenarioFile, path);
    const diagnostics = diagnoseIssues(document, parsed.error.issues, known);
    return fail({ kind: 'bad_input', diagnostics });
  }
  const diagnostics: Diagnostic[] = [];
  const scenario = scenarioOf(document, parsed.data, diagnostics);
  return diagnostics.length > 0 ? fail({ kind: 'bad_input', diagnostics }) : ok(scenario);
}

function scenarioOf(document: Document, written: Written, diagnostics: Diagnostic[]): Scenario {
  return {
    isFirst: written.first_deployment ?? false,
    candidate: releaseOf(written.candidate),
    stable: releaseOf(written.stable),
    requestsPerSecond: lineOf(written.requests_per_second) ?? HEALTHY.requestsPerSecond,
    counts: written.counts_requests ?? true,
    driverFaults: (written.driver_faults ?? []).flatMap((fault, index) =>
      faultOf(document, fault, index, diagnostics),
    ),
    commands: Object.fromEntries(
      Object.entries(written.commands ?? {}).map(([name, { takes, exit_code }]) => [
        name,
        { takesMs: takes ?? 1000, exitCode: exit_code ?? 0 },
      ]),
    ),
    alerts: (written.alerts ?? []).map((one) => {
      return { atMs: one.at, forMs: one.for, title: one.title };
    }),
    askedAtMs: written.asked_back_at,
    interruptedAtMs: written.interrupted_at,
  };
}

function releaseOf(written: z.output<typeof Release> = {}): ReleaseScript {
  const base = HEALTHY.candidate;
  const repeat = written.repeat === undefined ? {} : { repeatMs: written.repeat };
  const { latency: times } = written;
  return {
    startUpMs: written.start_up ?? base.startUpMs,
    healthy: { ...(lineOf(written.healthy) ?? base.healthy), ...repeat },
    errorShare: { ...(lineOf(written.error_share) ?? base.errorShare), ...repeat },
    latency: times === undefined ? base.latency : { ...latencyOf(times), ...repeat },
    restorable: written.restorable ?? true,
  };
}

function latencyOf(times: NonNullable<z.output<typeof Release>['latency']>) {
  const value = ({ p50, p95 }: z.output<typeof latency>) => ({ p50Ms: p50, p95Ms: p95 });
  if (!Array.isArray(times)) return always(value(times));
  return line(times.map((point) => ({ ...point, value: value(point) }))) ?? HEALTHY.stable.latency;
}

interface WrittenPoint<T> {
  readonly at?: number | undefined;
  readonly since?: (typeof SINCE)[number] | undefined;
  readonly value: T;
}

function lineOf(
  written: number | readonly WrittenPoint<number>[] | undefined,
): Timeline<number> | undefined {
  if (written === undefined) return undefined;
  return typeof written === 'number' ? always(written) : line(written);
}

function line<T>(written: readonly WrittenPoint<T>[]): Timeline<T> | undefined {
  const [first, ...more] = written.map(({ at: atMs = 0, since: from = 'start', value }) => {
    return { atMs, since: from, value } satisfies Point<T>;
  });
  return first && { points: [first, ...more] };
}

function faultOf(
  document: Document,
  { kind, at: atMs, for: forMs, by, apply }: z.output<typeof Fault>,
  index: number,
  diagnostics: Diagnostic[],
): DriverFault[] {
  const complain = (needs: string) => {
    const spot = document.keySpot(['driver_faults', index, 'kind']);
    diagnostics.push(at(spot, `\`${kind}\` needs ${needs}`));
    return [];
  };
  if (kind !== 'unreachable' && kind !== 'slow')
    return apply === undefined ? complain('`apply`: which one, from 1') : [{ kind, nth: apply }];
  if (forMs === undefined) return complain('`for`: how long');
  const span = { atMs: atMs ?? 0, forMs };
  if (kind === 'unreachable') return [{ kind, ...span }];
  return by === undefined
    ? complain('`by`: how much longer a call takes')
    : [{ kind, ...span, byMs: by }];
}
