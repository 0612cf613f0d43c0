/** `nemesis deploy:abort`: has a running deployment taken back, by whoever walks it, or here where nobody does. */

import { fail } from '../../failure.ts';
import { noteIn, readUnfinished } from '../../rollout/journal.ts';
import { resumeStage, type StageContext } from '../../rollout/stage.ts';
import { actOn } from '../act-on.ts';
import { lineOption } from '../history-options.ts';
import { endingOfOutcome } from '../rollout-ending.ts';
import { failed } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

const LOOK_MS = 500;

export const run: RunCommand = (input) => {
  const { io, options } = input;
  const reason = lineOption(options, 'reason', 1000);
  if (!reason.ok) return Promise.resolve(failed(reason.failure));
  const why = reason.value ?? 'aborted by a person';
  return actOn(
    input,
    async (_rollouts, _environment, context) => {
      const { store, stream, author } = context;
      const unfinished = await readUnfinished(store, stream);
      if (!unfinished.ok) return fail({ kind: 'store', failure: unfinished.failure });
      const running = unfinished.value.findLast(({ plan }) => plan !== undefined);
      if (running === undefined) return fail({ kind: 'nothing_unfinished' });
      const note = noteIn(store, stream, author);
      const body = { deployment: running.deployment, reason: why };
      const noted = await note([{ type: 'rollback_asked', body }]);
      if (!noted.ok) return fail({ kind: 'store', failure: noted.failure });
      io.err(`asked; whoever walks ${running.deployment.slice(0, 8)} takes it back\n`);
      return (await isTakenBack(running.deployment, context))
        ? {
            ok: true,
            value: {
              kind: 'rolled_back',
              because: { trigger: 'manual_trigger', explanation: [why] },
            },
          }
        : resumeStage(context, false);
    },
    (outcome, plan) =>
      outcome.kind === 'rolled_back' || outcome.kind === 'withdrawn'
        ? { kind: 'yes' }
        : endingOfOutcome(outcome, plan, io),
  );
};

/** Waits while somebody alive has the lease; false when nobody has it and the deployment still runs. */
async function isTakenBack(
  deployment: string,
  { store, stream, clock, signal }: StageContext,
): Promise<boolean> {
  while (!signal.aborted) {
    const unfinished = await readUnfinished(store, stream);
    if (!unfinished.ok) return false;
    if (!unfinished.value.some((one) => one.deployment === deployment)) return true;
    const [held, now] = [await store.lease(stream), await store.now()];
    const isAlive =
      held.ok && now.ok && held.value !== undefined && held.value.expiresAt > now.value;
    if (!isAlive) return false;
    await clock.sleep(LOOK_MS, signal);
  }
  return false;
}
