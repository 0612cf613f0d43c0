/** A step that the project declares: its command runs, and the triggers stay armed meanwhile. */

import type { Step } from './plan.ts';
import type { CommandContext, Runnable } from './ports.ts';
import {
  goneBy,
  instancesBefore,
  isArmed,
  lookUntil,
  POLL_MS,
  type At,
  type Performed,
} from './wait.ts';

export function contextOf({ plan, deployment, index }: At): CommandContext {
  const { service, environment, release, stable } = plan;
  return {
    ...{ deployment, service, environment, release, stable },
    step: plan.steps[index]?.name ?? '',
    beforeTraffic: !isArmed(plan, index),
  };
}

/** A trigger that fires ends the command, and so does a person who wants the deployment back. */
export async function runDeclared(
  at: At,
  step: Extract<Step, { kind: 'command' | 'probes' }>,
): Promise<Performed> {
  const { ports } = at;
  const ending = new AbortController();
  const stop = () => ending.abort();
  for (const signal of [ports.signal, ports.lost])
    signal.addEventListener('abort', stop, { once: true });
  let ended = false;
  const running = ports.runCommand(runnableOf(step), contextOf(at), ending.signal).finally(() => {
    ended = true;
    stop();
  });
  try {
    const fired = await firedMeanwhile(at, step.name, ending.signal, () => ended);
    if (fired !== undefined) stop();
    const { exitCode, tail } = await running;
    if (ports.lost.aborted) return goneBy(ports.lost);
    if (fired !== undefined) return fired;
    if (ports.signal.aborted) return { kind: 'interrupted' };
    if (exitCode === 0) return { kind: 'done', seen: tail.at(-1) ?? 'exit code 0' };
    return failedBy(step, exitCode, tail);
  } finally {
    for (const signal of [ports.signal, ports.lost]) signal.removeEventListener('abort', stop);
  }
}

function runnableOf(step: Extract<Step, { kind: 'command' | 'probes' }>): Runnable {
  const { timeoutMs } = step;
  if (step.kind === 'command') return { argv: step.argv, timeoutMs };
  return { argv: [], timeoutMs, probes: { suite: step.suite, probes: step.probes } };
}

/** Probes tell of themselves what did not hold. */
function failedBy(
  { kind, name, timeoutMs }: Step & { readonly timeoutMs: number },
  exitCode: number | null,
  tail: readonly string[],
): Performed {
  const code =
    exitCode === null ? `it was ended after ${timeoutMs / 1000} s` : `exit code ${exitCode}`;
  const isTold = kind === 'probes' && exitCode !== null && tail.length > 0;
  const explanation = isTold ? tail : [code, ...tail];
  return { kind: 'failed', because: { trigger: name, explanation } };
}

async function firedMeanwhile(
  at: At,
  name: string,
  wake: AbortSignal,
  hasEnded: () => boolean,
): Promise<Performed | undefined> {
  const armed = isArmed(at.plan, at.index);
  const instances = instancesBefore(at);
  const performed = await lookUntil(
    at,
    { armed, instances, until: Infinity, everyMs: 10 * POLL_MS, wake },
    {
      look: () => (hasEnded() ? { kind: 'done', seen: '' } : undefined),
      waitsFor: () => [name],
    },
  );
  return performed.kind === 'done' || performed.kind === 'over' ? undefined : performed;
}
