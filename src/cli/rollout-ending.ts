/** What a rollout's refusals and outcomes come to: words for people, and the ending that has an exit code. */

import type { Failure } from '../failure.ts';
import type { StoreFailure } from '../history/store.ts';
import { failureText } from '../rollout/perform.ts';
import type { Plan } from '../rollout/plan.ts';
import type { Outcome } from '../rollout/ports.ts';
import type { StageRefusal } from '../rollout/stage.ts';
import type { Ending } from './exit.ts';
import type { Io } from './io.ts';

const RESUME = 'go on: nemesis deploy:resume      go back: nemesis deploy:rollback';

export function refusalOf(
  refusal: StageRefusal,
  environment: string,
  told: (failure: StoreFailure) => Failure,
  { signal }: Pick<Io, 'signal'>,
): Failure {
  const cannot = (message: string, ...help: string[]): Failure => ({
    kind: 'cannot_act',
    message,
    help,
  });
  const wrong = (message: string, ...help: string[]): Failure => ({ kind: 'usage', message, help });
  switch (refusal.kind) {
    case 'missing_steps':
      return wrong(
        `the gates name steps that nobody declares for ${environment}`,
        ...refusal.steps.map(({ name, place }) => `${place.file}:${place.line}  ${name}`),
        `declare each: environments.${environment}.steps.<name>: <command>`,
      );
    case 'nothing_deploys':
      return wrong(
        `no gate deploys to ${environment}`,
        'an agent with `deployment: { environment: … }` does',
      );
    case 'serves_already':
      return cannot(`${refusal.release.version} serves ${environment} already`);
    case 'reach':
      return wrong(
        `${environment} can be reached from other machines, and the history ${refusal.store} cannot`,
        'name a postgres:// store, or declare `reach: machine`',
      );
    case 'pinned': {
      const { actor, reason, version } = refusal.pin;
      return {
        kind: 'frozen',
        message: `${environment} is pinned to ${version} by ${actor}: ${reason}`,
        help: [`release it: nemesis deploy:unfreeze ${environment}`],
      };
    }
    case 'locked': {
      const { owner, host, step, id } = refusal.by;
      const help = refusal.clockJumped
        ? [
            `the clock was set, so whether it still runs cannot be told: nemesis deploy:unlock ${id}`,
          ]
        : ['wait for it: --wait 15m', `or break it, if it is dead: nemesis deploy:unlock ${id}`];
      return {
        kind: 'locked',
        message: `${environment} is locked by ${owner} on ${host}, at ${step}`,
        help,
      };
    }
    case 'unfinished':
      return cannot(`a deployment of ${environment} was left half done`, RESUME);
    case 'not_ours':
      return cannot(
        `record ${refusal.one.deployment} runs, and nemesis does not walk it`,
        'it was recorded from outside: nemesis deploy:record --finish',
      );
    case 'nothing_unfinished':
      return cannot(`nothing is half done in ${environment}`);
    case 'unclear':
      return cannot(
        `several releases serve ${environment}, and no record says why: ${refusal.seen}`,
        'choose one: nemesis deploy:rollback RELEASE',
      );
    case 'stale_plan':
      return cannot(`${environment} has changed since it was planned`, 'plan and approve it again');
    case 'nothing_to_restore': {
      const names = refusal.restorable.map(({ version }) => version);
      return cannot(
        `there is no release to go back to in ${environment}; what serves was left alone`,
        names.length === 0 ? 'none can be restored' : `these can be restored: ${names.join(', ')}`,
      );
    }
    case 'environment':
      return cannot(`${environment} cannot be acted on: ${failureText(refusal.failure)}`);
    case 'store':
      return told(refusal.failure);
    case 'interrupted':
      return { kind: 'interrupted', signal: signal.reason as 'SIGINT' };
  }
}

/** The exit code goes by what was asked: a deployment that was taken back is no yes. */
export function endingOfOutcome(outcome: Outcome, plan: Plan | undefined, io: Io): Ending {
  const failure = failureOfOutcome(outcome, plan, io);
  return failure === undefined ? { kind: 'yes' } : { kind: 'failed', failure };
}

function failureOfOutcome(
  outcome: Outcome,
  plan: Plan | undefined,
  { signal }: Io,
): Failure | undefined {
  const where = plan?.environment ?? 'the environment';
  switch (outcome.kind) {
    case 'succeeded':
      return undefined;
    case 'rolled_back':
    case 'withdrawn':
      return {
        kind: 'rolled_back',
        message: `${outcome.because.trigger} took ${plan?.release.version ?? 'it'} back`,
        ...(outcome.kind === 'withdrawn' && { help: [`nothing serves ${where}`] }),
      };
    case 'rollback_failed':
      return {
        kind: 'rollback_failed',
        message: `the way back failed: ${outcome.why}`,
        help: [`what serves ${where} now: ${outcome.serves}`, 'try again: nemesis deploy:rollback'],
      };
    case 'held':
      return { kind: 'cannot_act', message: `held by ${outcome.because.trigger}`, help: [RESUME] };
    case 'interrupted':
      return { kind: 'interrupted', signal: signal.reason as 'SIGINT' };
    case 'taken_over':
      return { kind: 'rolled_back', message: `somebody else has taken ${where} over` };
    case 'journal_lost':
      return {
        kind: 'cannot_act',
        message: `the history cannot be written: ${outcome.why}`,
        help: [RESUME],
      };
  }
}
