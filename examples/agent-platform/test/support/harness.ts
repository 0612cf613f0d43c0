import { loadPrompts } from '../../src/agents/load-prompts.ts';
import { assembleCore } from '../../src/app/core.ts';
import { startWork } from '../../src/app/work.ts';
import { createIdentify } from '../../src/auth/identify.ts';
import { createSessions } from '../../src/auth/sessions.ts';
import { createUsers } from '../../src/auth/users.ts';
import { readConfig } from '../../src/config.ts';
import { createDispatch } from '../../src/http/dispatch.ts';
import type { Reply, ServerEvent } from '../../src/http/route.ts';
import { createLog } from '../../src/log.ts';
import { type Provider, PROVIDER_NAMES, type ProviderName } from '../../src/providers/provider.ts';
import { createRoutes } from '../../src/routes/routes.ts';
import { answerTo, toPieces } from '../../src/standins/answers.ts';
import { FakeClock } from './fake-clock.ts';
import { createMemoryRedis } from './memory-redis.ts';
import { folder } from './paths.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly token?: string | undefined;
}

/** A provider that answers like the stand-in, without HTTP. */
function scriptedProvider(name: ProviderName, answer = answerTo): Provider {
  return {
    name,
    ping: () => Promise.resolve(),
    async *stream({ prompt }) {
      await Promise.resolve();
      yield* toPieces(answer(prompt));
    },
  };
}

/** The service without sockets and with a clock that stands still: a core, its routes and its worker. */
export function createHarness(env: NodeJS.ProcessEnv = {}, answer = answerTo) {
  const { config, problems } = readConfig(
    { DATA_DIR: ':memory:', PROBE_TTL_MS: '0', ...env },
    '1.2.3',
  );
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = createLog(
    'info',
    (line) => lines.push(line),
    () => clock.nowMs(),
  );
  const { prompts } = loadPrompts(folder('prompts'));
  const ports = { clock, log, prompts, publicDir: folder('public'), die: () => undefined };
  const redis = createMemoryRedis(() => clock.nowMs());
  const backends = {
    cacheClient: redis.client,
    queueClient: redis.client,
    standins: [],
    close: () => Promise.resolve(),
  };
  const providers = PROVIDER_NAMES.map((name) => scriptedProvider(name, answer));
  const core = assembleCore(config, ports, backends, providers);
  const { database, faults, metrics } = core;
  const users = createUsers(database);
  const ttlMs = { access: config.accessTtlMs, refresh: config.refreshTtlMs };
  const sessions = createSessions(database, clock, ttlMs);
  const identify = createIdentify(sessions, config.serviceToken);
  const routes = createRoutes(core, users, sessions);
  const dispatch = createDispatch({ routes, faults, metrics, log, identify });
  const call = async (method: string, path: string, { body, token }: CallOptions = {}) => {
    const { reply } = await dispatch({
      method,
      path,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: new AbortController().signal,
      body: () => Promise.resolve(body),
    });
    return toAnswer(reply);
  };
  return {
    core,
    clock,
    lines,
    redis,
    users,
    sessions,
    routes,
    call,
    startWork: () => startWork(core),
  };
}

async function toAnswer(reply: Reply): Promise<Answer> {
  if (reply.kind === 'empty') return { status: 204, body: undefined };
  if (reply.kind === 'json') return { status: reply.status, body: reply.body };
  if (reply.kind === 'text') return { status: reply.status, body: reply.text };
  const events: ServerEvent[] = [];
  for await (const event of reply.events) events.push(event);
  return { status: 200, body: events };
}
