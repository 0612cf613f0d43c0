/** `nemesis deploy:rollback [RELEASE]`: the release before, or the one that is named, serves again. */

import { rollBackStage, type StageContext } from '../../rollout/stage.ts';
import { fail, ok, type Failure, type Result } from '../../failure.ts';
import type { ReleaseRecord } from '../../history/records.ts';
import type { StageRefusal } from '../../rollout/stage.ts';
import { windows } from '../../rollout/strategies/watching.ts';
import { actOn } from '../act-on.ts';
import { lineOption } from '../history-options.ts';
import { endingOfOutcome } from '../rollout-ending.ts';
import { failed } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = async (input) => {
  const ending = await rollBack(input);
  return ending.kind === 'failed'
    ? { kind: 'failed', failure: asRollback(ending.failure) }
    : ending;
};

/** Whatever kept the release before from serving, for who asked for it that is one and the same. */
function asRollback(failure: Failure): Failure {
  switch (failure.kind) {
    case 'bad_input':
    case 'usage':
    case 'interrupted':
    case 'rollback_failed':
      return failure;
    default:
      return { ...failure, kind: 'rollback_failed' };
  }
}

const rollBack: RunCommand = (input) => {
  const { operands, options, io } = input;
  const reason = lineOption(options, 'reason', 1000);
  if (!reason.ok) return Promise.resolve(failed(reason.failure));
  const because = { trigger: 'manual_trigger', explanation: [reason.value ?? 'asked by a person'] };
  return actOn(
    input,
    async ({ history }, environment, context) => {
      const to = operands[0] === undefined ? ok(undefined) : await named(operands[0], context);
      if (!to.ok) return to;
      const speed = history.session.loaded.config.trial?.speed ?? 1;
      const { migrations } = history.session.loaded.config.release;
      if (migrations === 'forward-only')
        io.err('warning: the migration of this release is declared forward-only\n');
      const settings = {
        instances: environment.instances,
        rollbackMs: environment.readyWithinMs,
        window: windows(speed),
        trialSpeed: speed === 1 ? null : speed,
      };
      return rollBackStage(to.value, because, settings, context);
    },
    // What was asked for is that the release before serves: here that is the yes.
    (outcome, plan) =>
      outcome.kind === 'rolled_back' || outcome.kind === 'withdrawn'
        ? { kind: 'yes' }
        : endingOfOutcome(outcome, plan, io),
  );
};

/** A release the environment could serve again, by its version. */
async function named(
  version: string,
  { driver, signal }: StageContext,
): Promise<Result<ReleaseRecord, StageRefusal>> {
  const observed = await driver.observe(signal);
  if (!observed.ok) return fail({ kind: 'environment', failure: observed.failure });
  const { slots, restorable } = observed.value;
  const known = [...slots.map(({ release }) => release), ...restorable];
  const found = known.find((release) => release.version === version);
  return found === undefined ? fail({ kind: 'nothing_to_restore', restorable: known }) : ok(found);
}
