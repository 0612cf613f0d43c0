/** Tries the paths of a service where an environment answers, and keeps a report of each. `docs/probes.md` is about them. */

import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { NamedProbe } from '../../config/probe.ts';
import { redactor } from '../../measure/redact.ts';
import {
  failing,
  HOLDS,
  untold,
  verdictOf,
  type ProbeResult,
  type Tried,
} from '../../measure/probes/result.ts';
import type { CommandContext, CommandRun, Runnable } from '../ports.ts';
import { callScript, type Surroundings } from './call.ts';
import { endText, lastLines } from './said.ts';

export interface PathsAsked {
  readonly suite: 'smoke' | 'validation';
  readonly probes: readonly NamedProbe[];
  readonly url: string | undefined;
  /** For all together. */
  readonly timeoutMs: number;
  readonly service: string;
  readonly environment: string;
  /** Empty where nothing is being released. */
  readonly deployment: string;
  readonly version: string | undefined;
}

export type TellResult = (result: ProbeResult) => void;

/** Results in the order they were tried; also written to `.nemesis/reports/<suite>/report.json`. */
export async function tryPaths(
  asked: PathsAsked,
  surroundings: Surroundings,
  tell: TellResult,
  signal: AbortSignal,
): Promise<readonly ProbeResult[]> {
  const { root, env, secrets } = surroundings;
  const folder = await emptyFolder(root, asked.suite);
  if (folder === undefined) return asked.probes.map(withoutFolder);
  // Most starts try nothing, and what drives a browser is loaded with it.
  const { tryProbes } = await import('../../measure/probes/try-probes.ts');
  const run = runningIn(asked, surroundings);
  const results = await tryProbes(
    asked,
    { root, env, secrets, folder, run, onResult: tell },
    signal,
  );
  const { suite, service, environment, version = null, url = null } = asked;
  const report = {
    ...{ schema: 'nemesis.probes/1', suite, service, environment, version, url },
    ...{ verdict: verdictOf(results), results },
  };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await writeFile(path.join(folder, 'report.json'), text, { mode: 0o600 });
  return results;
}

/** A repository can hold links, and what is emptied here must not lie elsewhere. */
async function emptyFolder(root: string, suite: string): Promise<string | undefined> {
  const reports = path.join(root, '.nemesis', 'reports');
  const folder = path.join(reports, suite);
  try {
    await mkdir(reports, { recursive: true, mode: 0o700 });
    if ((await realpath(reports)) !== path.join(await realpath(root), '.nemesis', 'reports'))
      return;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { mode: 0o700 });
    return folder;
  } catch {
    return undefined;
  }
}

function withoutFolder({ name, section }: NamedProbe): ProbeResult {
  const why = ['not tried: .nemesis/reports cannot be written'];
  return { ...{ name, section, why, files: [], tookMs: 0 }, state: 'untold' };
}

const CAP_BYTES = 1024 * 1024;
const MOST_LINES = 3;

/** Exit code 0 holds; every other is a no, and one that could not be started tells nothing. */
function runningIn(asked: PathsAsked, surroundings: Surroundings) {
  const { suite, service, environment, deployment, version, url } = asked;
  const redact = redactor(surroundings.env, surroundings.secrets);
  return async (
    argv: readonly string[],
    timeoutMs: number,
    name: string,
    signal: AbortSignal,
  ): Promise<Tried> => {
    const call = {
      ...{ argv, timeoutMs, capBytes: CAP_BYTES },
      document: {
        ...{ schema: 'nemesis.probe/1', suite, probe: name, service, environment, deployment },
        url: url ?? null,
      },
      values: {
        NEMESIS_SERVICE: service,
        NEMESIS_ENVIRONMENT: environment,
        NEMESIS_DEPLOYMENT: deployment === '' ? undefined : deployment,
        NEMESIS_STEP: name,
        NEMESIS_VERSION: version,
        NEMESIS_URL: url,
      },
    };
    const { end, stdout, stderr } = await callScript(surroundings, call, signal);
    if (end.kind === 'not_started') return untold(endText(end));
    if (end.kind !== 'exited') return failing(`the command ${endText(end)}`);
    if (end.code === 0) return HOLDS;
    const said = [stdout, stderr].flatMap((output) => lastLines(output, MOST_LINES, redact));
    return failing(`exit code ${end.code}`, ...said.slice(-MOST_LINES));
  };
}

/** The same as a step of a rollout: 0 where all hold, 1 where one does not or could not be told. */
export async function pathsAsStep(
  { probes, timeoutMs }: Runnable & Required<Pick<Runnable, 'probes'>>,
  context: CommandContext,
  url: string | undefined,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<CommandRun> {
  const { service, environment, deployment, release } = context;
  const asked = {
    ...{ ...probes, url, timeoutMs, service, environment, deployment },
    version: release.version,
  };
  const results = await tryPaths(asked, surroundings, () => undefined, signal);
  if (signal.aborted) return { exitCode: null, tail: [] };
  const isFine = verdictOf(results) === 'holds';
  const tail = [...(isFine ? [] : results.flatMap(complaint)), summary(results)];
  return { exitCode: isFine ? 0 : 1, tail };
}

function complaint({ name, state, why, files }: ProbeResult): readonly string[] {
  if (state !== 'fails' && state !== 'untold') return [];
  const kept = files.length === 0 ? '' : ` (kept: ${files.join(', ')})`;
  return [`${name}: ${why.join('; ')}${kept}`];
}

/** `13 of 13 paths hold in 2.1 s; dashboard_loads over HTTP: no Chromium was found` */
export function summary(results: readonly ProbeResult[]): string {
  const tried = results.filter(({ state }) => state !== 'not_applicable');
  const held = tried.filter(({ state }) => state === 'holds');
  const ms = results.reduce((sum, { tookMs }) => sum + tookMs, 0);
  const otherwise = tried.filter(({ note }) => note !== undefined);
  const note =
    otherwise.length === 0
      ? ''
      : `; ${otherwise.map(({ name }) => name).join(', ')} ${otherwise[0]!.note}`;
  const left = results.length - tried.length;
  const absent = left === 0 ? '' : `, ${left} not applicable`;
  return `${held.length} of ${tried.length} paths hold in ${Math.round(ms / 100) / 10} s${absent}${note}`;
}
