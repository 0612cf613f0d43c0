/** The whole of an emergency rollback: which environment, which release, the switch; then the record. */

import type { Observed } from '../driver.ts';
import { readKnown, type Known } from '../last-good.ts';
import { bringBack, type Goal } from './act.ts';
import { finish, noted } from './afterwards.ts';
import { driverText, type Ports } from './patience.ts';
import { byHand, restorableLines, servesText, tellNoWay } from './told.ts';
import { chooseRelease, presentIn, type ReleaseChoice } from './choose-release.ts';
import { commandFor } from './choose-environment.ts';
import { findEnvironment, type Found } from './find-environment.ts';
import { lookAround } from './here.ts';
import { quickLocal, type IslandDriver } from './quick-local.ts';
import { reportTo, type Report } from './report.ts';
import type { Asked } from './words.ts';
import type { Thawed } from './mainland.ts';

export type Ended = 'yes' | 'asked_wrongly' | 'rollback_failed' | 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Surroundings {
  readonly packageRoot: string;
  readonly daemonEntry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  readonly stateFolder: string;
  /** Aborted with the name of a signal. */
  readonly signal: AbortSignal;
}

export async function rollBackNow(asked: Asked, around: Surroundings): Promise<Ended> {
  const { stateFolder, cwd } = around;
  const report = reportTo(asked);
  const found = await findEnvironment(readKnown(stateFolder), asked, lookAround(cwd), around);
  if (found.kind !== 'found') return explain(found, report);
  const { known } = found;
  const opened = await openDriver(known, around);
  if (opened === undefined) {
    report.failed(`${known.environment}: its driver \`${known.driver.kind}\` is not known here`, [
      'name another environment: --env NAME',
    ]);
    return 'rollback_failed';
  }
  try {
    return await inEnvironment(known, opened.driver, asked, around, report);
  } finally {
    await opened.close();
  }
}

function explain(found: Exclude<Found, { kind: 'found' }>, report: Report): Ended {
  if (found.kind === 'which')
    report.asks(
      'which environment? these are known here',
      found.among.map((one) => commandFor(one)),
    );
  else
    report.asks('no environment is known here that this could mean', [
      'say where the history is: NEMESIS_STORE=postgres://… nemesis deploy:rollback --immediate',
      'or go to the project: --cwd FOLDER',
    ]);
  return 'asked_wrongly';
}

async function openDriver(
  { driver: frozen, service, environment }: Known,
  around: Surroundings,
): Promise<Thawed | undefined> {
  const { stateFolder, env, daemonEntry, cwd } = around;
  const thawed = async () => {
    const { thawDriver } = await import('./mainland.ts');
    return thawDriver(frozen, { env, stateFolder, daemonEntry, folder: cwd });
  };
  if (frozen.kind !== 'local') return thawed();
  const place = frozen['stateFolder'];
  const folder = typeof place === 'string' ? place : stateFolder;
  const whole = async (): Promise<IslandDriver> => {
    const opened = await thawed();
    if (opened === undefined) throw new TypeError('a local driver that cannot be made');
    return opened.driver;
  };
  const driver = quickLocal(folder, { service, environment }, whole);
  return { driver, close: () => Promise.resolve() };
}

async function inEnvironment(
  known: Known,
  driver: IslandDriver,
  asked: Asked,
  around: Surroundings,
  report: Report,
): Promise<Ended> {
  const { service, environment } = known;
  const startedAt = Date.now();
  report.begins(`${service} · ${environment} · ${driver.kind}`);
  const observed = await driver.observe(around.signal);
  if (!observed.ok) {
    report.failed(`${environment} does not answer: ${driverText(observed.failure)}`, byHand(known));
    return interruptedOr('rollback_failed', around);
  }
  const choice = await choose(observed.value, known, asked, around);
  if (choice.kind !== 'restore' && choice.kind !== 'withdraw')
    return tellNoWay(choice, observed.value, known, report);
  const good = choice.kind === 'restore' ? choice.good : null;
  const { bad } = choice;
  report.goes({ from: bad?.version ?? 'nothing', to: good?.version ?? 'nothing' }, around.env);

  const ports: Ports = {
    driver,
    now: () => performance.now(),
    sleep,
    tell: (what) => report.did(what),
    signal: around.signal,
  };
  const { instances, ready_ms: readyMs } = known;
  const goal: Goal = { good, instances, readyMs, above: known.fence };
  const acted = await bringBack(goal, observed.value, ports);
  const { env, stateFolder } = around;
  const { reason } = asked;
  const back = { known, good, bad, reason, startedAt, ports, env, stateFolder, report };
  if (!acted.ok) {
    const { failure } = acted;
    if (failure.kind === 'interrupted') return interruptedOr('rollback_failed', around);
    if (failure.kind === 'untouched') {
      report.failed(`${failure.why}; what served was left alone`, [
        ...restorableLines(presentIn(observed.value), bad, known),
        ...byHand(known),
      ]);
      return 'rollback_failed';
    }
    const now = await driver.observe();
    const serves = now.ok ? servesText(now.value) : 'unknown';
    await noted(back, 'rollback_failed', failure.fence, [failure.why, `serves: ${serves}`]);
    report.failed(`the way back failed: ${failure.why}`, [
      `what serves now: ${serves}`,
      ...byHand(known),
    ]);
    return 'rollback_failed';
  }
  return finish(back, acted.value);
}

/** The file first; the history where the file does not tell. */
async function choose(
  observed: Observed,
  known: Known,
  { release }: Asked,
  { env }: Surroundings,
): Promise<ReleaseChoice> {
  const choice = chooseRelease(observed, known, release);
  if (choice.kind !== 'undecided' && choice.kind !== 'nothing_before') return choice;
  const { knownInStore, storeWritten } = await import('./mainland.ts');
  const place = env['NEMESIS_STORE']
    ? storeWritten(env, undefined, known.root ?? '/')
    : known.store;
  const [told] = place === null ? [] : await knownInStore(place, env, known.root, known);
  return told === undefined ? choice : chooseRelease(observed, told, release);
}

/** Ends early, without an error, when the signal is aborted. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

function interruptedOr(otherwise: Ended, { signal }: Surroundings): Ended {
  return signal.aborted ? (signal.reason as Ended) : otherwise;
}
