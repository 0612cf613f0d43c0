import { randomBytes } from 'node:crypto';
import { createIdentify } from '../auth/identify.ts';
import { createSessions } from '../auth/sessions.ts';
import { createUsers, type Users } from '../auth/users.ts';
import type { Config } from '../config.ts';
import { reasonOf } from '../errors.ts';
import { createDispatch } from '../http/dispatch.ts';
import { createLatencyFloor } from '../http/latency-floor.ts';
import { type HttpServer, startServer } from '../http/server.ts';
import { createRoutes } from '../routes/routes.ts';
import { type Core, openCore } from './core.ts';
import type { AppPorts } from './ports.ts';
import { startWork } from './work.ts';

export interface App {
  readonly url: string;
  /** Set when nobody chose a password for the seed user. */
  readonly generatedPassword: string | undefined;
  /** Lets running work end, then closes everything. */
  stop(): Promise<void>;
}

/** Puts the service together and starts it. Resolves once it serves. */
export async function startApp(config: Config, ports: AppPorts): Promise<App> {
  const { clock, log } = ports;
  const core = await openCore(config, ports);
  const stopWork = startWork(core);
  const users = createUsers(core.database);
  const server = await listen(core, users).catch(async (thrown: unknown) => {
    await stopWork();
    await core.close();
    throw thrown;
  });
  const { version, instance } = config;
  log.info('listening', { url: server.url, version, instance, standins: core.standins.join() });
  const heldMemory = Buffer.alloc((config.faults.amounts.memory_mb ?? 0) * 2 ** 20, 1);
  scheduleDeath(config, ports);

  const generatedPassword = await seedUser(config, users);
  await core.team
    .initialize(AbortSignal.timeout(config.probeTimeoutMs))
    .catch((thrown: unknown) => {
      log.warn('agents not ready yet', { reason: reasonOf(thrown) });
    });
  core.lifecycle.serve();
  return {
    url: server.url,
    generatedPassword,
    async stop() {
      core.lifecycle.drain();
      await clock.sleep(config.drainDelayMs);
      await server.drain(config.drainTimeoutMs);
      await stopWork();
      await core.close();
      log.info('stopped', { instance, heldBytes: heldMemory.length });
    },
  };
}

function listen(core: Core, users: Users): Promise<HttpServer> {
  const { config, faults, metrics, database } = core;
  const { clock, log } = core.ports;
  const { version, instance, bodyLimitBytes } = config;
  const ttlMs = { access: config.accessTtlMs, refresh: config.refreshTtlMs };
  const sessions = createSessions(database, clock, ttlMs);
  const routes = createRoutes(core, users, sessions);
  const identify = createIdentify(sessions, config.serviceToken);
  const floor = createLatencyFloor(config.latencyFloorMs, clock);
  const dispatch = createDispatch({ routes, faults, metrics, log, identify, floor });
  const parts = { dispatch, metrics, clock, log, version, instance, bodyLimitBytes };
  return startServer(parts, config.port);
}

/** In production nobody can sign in until a password was chosen. */
async function seedUser(config: Config, users: Users): Promise<string | undefined> {
  const { seedUser: name, seedPassword, isProduction } = config;
  if (seedPassword !== undefined) {
    await users.put(name, seedPassword);
    return undefined;
  }
  if (isProduction) return undefined;
  const generated = randomBytes(12).toString('base64url');
  await users.put(name, generated);
  return generated;
}

function scheduleDeath({ faults }: Config, { clock, log, die }: AppPorts): void {
  const afterMs = faults.amounts.die_after_ms;
  if (afterMs === undefined) return;
  void clock.sleep(afterMs).then(() => {
    log.error('dying because FAULTS says so', { afterMs });
    die();
  });
}
