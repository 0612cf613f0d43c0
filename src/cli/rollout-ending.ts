/** What a rollout's refusals and outcomes come to: words for people, and the ending that has an exit code. */

import type { Failure } from '../failure.ts';
import type { StoreFailure } from '../history/store.ts';
import { freezeText } from '../rollout/frozen.ts';
import { failureText } from '../rollout/perform.ts';
import type { Plan } from '../rollout/plan.ts';
import type { CandidateLeft, Outcome } from '../rollout/ports.ts';
import type { StageRefusal } from '../rollout/stage.ts';
import type { Ending } from './exit.ts';
import type { Io } from './io.ts';

const RESUME = 'go on: nemesis deploy:resume      go back: nemesis deploy:rollback';

type Words = {
  readonly [K in StageRefusal['kind']]: (
    refusal: Extract<StageRefusal, { readonly kind: K }>,
    environment: string,
  ) => Failure | undefined;
};

const cannot = (message: string, ...help: readonly string[]): Failure => ({
  ...{ kind: 'cannot_act', message, help },
});
const wrong = (message: string, ...help: readonly string[]): Failure => ({
  ...{ kind: 'usage', message, help },
});

/** A row a refusal; those without words of their own are told by the caller's. */
const WORDS: Words = {
  missing_steps: ({ steps }, environment) => {
    const isPath = steps.every(({ section }) => section !== undefined);
    const paths = 'declare each path: probes.<name>: { http: GET /… }, or { not_applicable: why }';
    const whole = `or one step that walks them all: environments.${environment}.steps.smoke: <command>`;
    return wrong(
      `the gates name ${isPath ? 'paths' : 'steps'} that nobody declares for ${environment}`,
      ...steps.map(({ name, place }) => `${place.file}:${place.line}  ${name}`),
      ...(isPath ? [] : [`declare each: environments.${environment}.steps.<name>: <command>`]),
      ...(steps.some(({ section }) => section !== undefined) ? [paths, whole] : []),
    );
  },
  nothing_deploys: (_refusal, environment) =>
    wrong(
      `no gate deploys to ${environment}`,
      'an agent with `deployment: { environment: … }` does',
    ),
  serves_already: ({ release }, environment) =>
    cannot(`${release.version} serves ${environment} already`),
  reach: ({ store }, environment) =>
    wrong(
      `${environment} can be reached from other machines, and the history ${store} cannot`,
      'name a postgres:// store, or declare `reach: machine`',
    ),
  pinned: ({ pin: { version, actor, reason } }, environment) => ({
    kind: 'frozen',
    message: `${environment} is pinned to ${version} by ${actor}: ${reason}`,
    help: [`release it: nemesis deploy:unfreeze ${environment}`],
  }),
  frozen: ({ freeze }, environment) => ({
    kind: 'frozen',
    message: `${environment} is ${freezeText(freeze)}`,
    help: [
      ...(freeze.kind === 'person' ? [`end it: nemesis deploy:unfreeze ${environment}`] : []),
      'deploy all the same: --override-freeze REASON, which is recorded',
    ],
  }),
  not_admitted: ({ failure }) => failure,
  locked: ({ by: { owner, host, step, id }, clockJumped }, environment) => ({
    kind: 'locked',
    message: `${environment} is locked by ${owner} on ${host}, at ${step}`,
    help: clockJumped
      ? [`the clock was set, so whether it runs cannot be told: nemesis deploy:unlock ${id}`]
      : ['wait for it: --wait 15m', `or break it, if it is dead: nemesis deploy:unlock ${id}`],
  }),
  unfinished: (_refusal, environment) =>
    cannot(`a deployment of ${environment} was left half done`, RESUME),
  not_ours: ({ one }) =>
    cannot(
      `record ${one.deployment} runs, and nemesis does not walk it`,
      'it was recorded from outside: nemesis deploy:record --finish',
    ),
  nothing_unfinished: (_refusal, environment) => cannot(`nothing is half done in ${environment}`),
  unclear: ({ seen }, environment) =>
    cannot(
      `several releases serve ${environment}, and no record says why: ${seen}`,
      'choose one: nemesis deploy:rollback RELEASE',
    ),
  stale_plan: (_refusal, environment) =>
    cannot(`${environment} has changed since it was planned`, 'plan and approve it again'),
  nothing_to_restore: ({ restorable }, environment) => {
    const names = restorable.map(({ version }) => version);
    return cannot(
      `there is no release to go back to in ${environment}; what serves was left alone`,
      names.length === 0 ? 'none can be restored' : `these can be restored: ${names.join(', ')}`,
    );
  },
  environment: ({ failure }, environment) =>
    cannot(`${environment} cannot be acted on: ${failureText(failure)}`),
  store: () => undefined,
  interrupted: () => undefined,
};

export function refusalOf(
  refusal: StageRefusal,
  environment: string,
  told: (failure: StoreFailure) => Failure,
  { signal }: Pick<Io, 'signal'>,
): Failure {
  if (refusal.kind === 'store') return told(refusal.failure);
  const words = WORDS[refusal.kind] as (
    refusal: StageRefusal,
    environment: string,
  ) => Failure | undefined;
  return words(refusal, environment) ?? { kind: 'interrupted', signal: signal.reason as 'SIGINT' };
}

const LEFT: Readonly<Record<CandidateLeft, string>> = {
  nothing_changed: 'nothing was changed',
  had_no_traffic: 'the candidate had no traffic',
  taken_off: 'all traffic was put back on the release before',
  may_have_traffic: 'the candidate may still have traffic',
};

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
        help: [LEFT[outcome.candidate], RESUME],
      };
  }
}
