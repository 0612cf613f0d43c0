/** `nemesis test:smoke`: the critical paths, tried where an environment answers or at an address. */

import { fail, ok, type Result } from '../../failure.ts';
import type { EnvironmentConfig } from '../../config/environment.ts';
import type { AgentAction, PathName } from '../../judge/deployment.ts';
import { isWalkedByStep, undeclaredPaths } from '../../judge/steps.ts';
import { verdictOf, type ProbeResult } from '../../measure/probes/result.ts';
import { pathLines } from '../../report/paths-text.ts';
import type { RolloutParts } from '../../rollout/parts.ts';
import { summary, type PathsAsked } from '../../rollout/scripts/try-paths.ts';
import { probesFor } from '../../rollout/strategies/probe-steps.ts';
import type { Ending } from '../exit.ts';
import { environmentOption } from '../history-options.ts';
import { placeOf } from '../rollout-place.ts';
import { openSession, type Session } from '../session.ts';
import { makeStateDir } from '../state-dir.ts';
import { failed, usage } from '../store-failure.ts';
import { walkByStep } from '../walk-by-step.ts';
import { textOption, type CommandInput, type RunCommand } from './command.ts';

export const run: RunCommand = async (input) => {
  const { io, parts, options } = input;
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return failed(session.failure);
  const asked = askedIn(session.value, input);
  if (!asked.ok) return failed(asked.failure);
  const made = makeStateDir(session.value.stateDir);
  if (!made.ok) return failed(made.failure);
  if (parts.rollout === undefined) throw new Error('this nemesis was started without drivers');
  const acting = await parts.rollout();
  try {
    const url = asked.value.url ?? acting.address(asked.value.environment);
    if (url === undefined) return failed(noAddress(asked.value.environment.name));
    return await tryAll(session.value, { ...asked.value, url }, input, acting);
  } finally {
    await acting.close();
  }
};

interface Asked {
  readonly environment: EnvironmentConfig;
  readonly smoke: NonNullable<AgentAction['smoke']>;
  readonly url: string | undefined;
}

function askedIn(
  { loaded: { agents, config } }: Session,
  { options }: CommandInput,
): Result<Asked> {
  const named = environmentOption(options);
  if (!named.ok) return named;
  const url = urlOption(options);
  if (!url.ok) return url;
  const smoke = agents.map(({ action }) => action?.smoke).find((one) => one !== undefined);
  if (smoke === undefined)
    return fail(usage('no gate names critical paths', 'an agent with `critical_paths` does'));
  const { environments } = config;
  const names = environments.map(({ name }) => name);
  const wanted = named.value ?? (names.length === 1 ? names[0] : smoke.environment);
  const environment = environments.find(({ name }) => name === wanted);
  if (environment !== undefined) return ok({ environment, smoke, url: url.value });
  if (names.length === 0) {
    const help = 'say where it runs in `environments:` of nemesis.config.yaml';
    return fail(usage('no environment is configured', help));
  }
  return fail(
    usage(`there is no environment \`${wanted ?? ''}\``, `configured: ${names.join(', ')}`),
  );
}

function urlOption(options: CommandInput['options']): Result<string | undefined> {
  const text = textOption(options, 'url');
  if (text === undefined) return ok(undefined);
  const url = URL.parse(text);
  const isHttp = url !== null && ['http:', 'https:'].includes(url.protocol);
  if (isHttp && url.username === '' && url.password === '' && url.search === '' && url.hash === '')
    return ok(url.href);
  return fail(usage('--url takes an address', 'write --url https://staging.example'));
}

const noAddress = (environment: string) =>
  usage(`nobody says where ${environment} answers`, 'give it with --url, or add `url:` to it');

async function tryAll(
  session: Session,
  { environment, smoke, url }: Asked & { readonly url: string },
  input: CommandInput,
  acting: RolloutParts,
): Promise<Ending> {
  const { io, options } = input;
  const { paths = [] } = smoke;
  const place = placeOf(session, io);
  const asked = {
    ...{ suite: 'smoke', url, timeoutMs: smoke.maxMs, service: place.service },
    ...{ environment: environment.name, deployment: '', version: undefined },
  } as const satisfies Omit<PathsAsked, 'probes'>;
  if (smoke.paths === undefined || isWalkedByStep(smoke.step, paths, environment))
    return walkByStep(smoke, { environment, place, url, acting }, input);
  const missing = undeclaredPaths(paths, { ...environment, sla: [] });
  if (missing.length > 0) return failed(undeclared(missing, environment.name));
  const probes = probesFor(paths, environment);
  const width = Math.max(...probes.map(({ name }) => name.length));
  const isJson = options['json'] === true;
  const tell = (result: ProbeResult) =>
    isJson
      ? undefined
      : io.out(
          pathLines(result, width)
            .map((line) => `${line}\n`)
            .join(''),
        );
  const results = await acting.tryPaths(environment, place, { ...asked, probes }, tell, io.signal);
  if (io.signal.aborted)
    return failed({ kind: 'interrupted', signal: io.signal.reason as 'SIGINT' });
  const verdict = verdictOf(results);
  if (isJson) {
    const report = {
      schema: 'nemesis.probes/1',
      url,
      environment: environment.name,
      verdict,
      results,
    };
    io.out(`${JSON.stringify(report, null, 2)}\n`);
  } else io.out(`${summary(results)}\n`);
  return { kind: ({ holds: 'yes', fails: 'blocked', untold: 'undecided' } as const)[verdict] };
}

function undeclared(paths: readonly PathName[], environment: string) {
  const message = `the gates name paths that nobody declares for ${environment}`;
  const lines = paths.map(({ name, place }) => `${place.file}:${place.line}  ${name}`);
  const help = 'declare each path: probes.<name>: { http: GET /… }, or { not_applicable: why }';
  return { kind: 'usage', message, help: [...lines, help] } as const;
}
