/** A whole rollout in no time: the planner's plan and the real walker, on a virtual clock against a scripted fleet. */

import { ok } from '../../failure.ts';
import type { JournalRecord } from '../../history/records.ts';
import type { Driver } from '../driver.ts';
import type { Plan } from '../plan.ts';
import type { CommandRun, Outcome, RolloutEvent, WalkPorts } from '../ports.ts';
import { rollOut } from '../roll-out.ts';
import { withFaults, type DriverFault } from './driver-faults.ts';
import { simulatedFleet, type FleetScript } from './fleet.ts';
import { virtualClock, type VirtualClock } from './virtual-clock.ts';

/** What happens around the fleet; moments in ms from the beginning. */
export interface World {
  readonly fleet: FleetScript;
  readonly driverFaults: readonly DriverFault[];
  /** By step; a command that is not named takes a second and is content. */
  readonly commands: Readonly<
    Record<string, { readonly takesMs: number; readonly exitCode: number }>
  >;
  readonly alerts: readonly {
    readonly atMs: number;
    readonly forMs: number;
    readonly title: string;
  }[];
  /** When a person asks for the release before. */
  readonly askedAtMs: number | undefined;
  /** When the process is told to end. */
  readonly interruptedAtMs: number | undefined;
}

export interface Simulated {
  readonly outcome: Outcome;
  readonly told: readonly RolloutEvent[];
  /** What the journal would hold, in order. */
  readonly records: readonly { readonly at: number; readonly record: JournalRecord }[];
  /** How long it took, ms. */
  readonly tookMs: number;
}

const COMMAND = { takesMs: 1000, exitCode: 0 };

/** @param turn see `virtualClock` */
export async function simulate(
  plan: Plan,
  world: World,
  turn: () => Promise<void>,
): Promise<Simulated> {
  const clock = virtualClock(0, turn);
  const { stable: release, instances } = plan;
  const running = release === null ? null : { release, instances };
  const fleet = simulatedFleet(world.fleet, clock, running);
  const told: RolloutEvent[] = [];
  const records: { at: number; record: JournalRecord }[] = [];
  const ports = portsOf(world, clock, withFaults(fleet, world.driverFaults, clock), {
    tell: (event) => told.push(event),
    note(more) {
      records.push(...more.map((record) => ({ at: clock.now(), record })));
      return Promise.resolve(ok(undefined));
    },
  });
  const outcome = await clock.run(rollOut(plan, {}, ports));
  return { outcome, told, records, tookMs: clock.now() };
}

function portsOf(
  world: World,
  clock: VirtualClock,
  driver: Driver,
  journal: Pick<WalkPorts, 'tell' | 'note'>,
): WalkPorts {
  let ids = 0;
  const interrupt = new AbortController();
  const { interruptedAtMs: interruptedAt, askedAtMs: askedAt } = world;
  if (interruptedAt !== undefined)
    void clock.sleep(interruptedAt).then(() => interrupt.abort('SIGINT'));
  return {
    ...{ ...journal, driver, clock, fence: 1024 },
    runCommand: (_, { step }, signal) => runScripted(world, step, clock, signal),
    alerts() {
      const now = clock.now();
      const firing = world.alerts
        .filter(({ atMs, forMs }) => now >= atMs && now < atMs + forMs)
        .map(({ title }) => title);
      const isAsked = askedAt !== undefined && now >= askedAt;
      return Promise.resolve({ firing, ...(isAsked && { asked: 'asked by a person' }) });
    },
    signal: interrupt.signal,
    lost: new AbortController().signal,
    newId: () => `simulated-${(ids += 1)}`,
    at: () => undefined,
  };
}

async function runScripted(
  { commands }: World,
  step: string,
  clock: VirtualClock,
  signal: AbortSignal,
): Promise<CommandRun> {
  const { takesMs, exitCode } = (Object.hasOwn(commands, step) && commands[step]) || COMMAND;
  await clock.sleep(takesMs, signal);
  return signal.aborted ? { exitCode: null, tail: [] } : { exitCode, tail: [`${step}: simulated`] };
}
