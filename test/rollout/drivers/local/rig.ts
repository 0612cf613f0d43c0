/** A local environment of a test's own: a state folder, a free port, releases to put there. Ends all of it. */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LocalSettings } from '../../../../src/config/environment.ts';
import type { ReleaseRecord } from '../../../../src/history/records.ts';
import { artifactDigest } from '../../../../src/rollout/artifact.ts';
import type { Observed, Slot } from '../../../../src/rollout/driver.ts';
import { freePort } from '../../../../src/rollout/drivers/local/free-port.ts';
import { downLocal, localDriver } from '../../../../src/rollout/drivers/local/index.ts';
import { environmentFolder } from '../../../../src/rollout/drivers/local/folders.ts';

const repository = path.resolve(import.meta.dirname, '../../../..');
const daemonEntry = path.join(repository, 'src/rollout/drivers/local/daemon.ts');
const app = path.join(import.meta.dirname, 'app.mjs');

export interface RigOptions {
  readonly service?: string;
  readonly environment?: string;
  readonly settings?: Partial<LocalSettings>;
  readonly env?: Readonly<Record<string, string>>;
  /** Name of the state folder; made long to leave no room for a socket in it. */
  readonly stateName?: string;
}

export async function openRig(options: RigOptions = {}) {
  const { service = 'shop', environment = 'staging' } = options;
  const root = mkdtempSync(path.join(os.tmpdir(), 'nemesis-local-'));
  const stateFolder = path.join(root, options.stateName ?? 'state');
  const port = await freePort();
  const settings: LocalSettings = {
    kind: 'local',
    listen: { host: '127.0.0.1', port },
    start: ['node', 'app.mjs'],
    env: {},
    passEnv: [],
    health: {
      path: '/healthz',
      intervalMs: 50,
      timeoutMs: 1000,
      healthyAfter: 2,
      unhealthyAfter: 2,
    },
    drainMs: 5000,
    keep: 2,
    ...options.settings,
  };
  const artifacts = new Map<string, string>();
  const env = { ...process.env, ...options.env };
  const local = { service, environment, stateFolder, daemonEntry, env };
  const driver = localDriver({
    ...local,
    settings,
    artifactPath: ({ version }) => artifacts.get(version),
  });
  const folder = environmentFolder(stateFolder, service, environment);

  return {
    ...{ root, port, folder, driver, local, settings, stateFolder, artifacts },
    url: (way: string) => `http://127.0.0.1:${settings.listen.port}${way}`,

    /** Builds a release, as an artifact folder of its own. */
    async release(version: string, files: Readonly<Record<string, string>> = {}) {
      const artifact = path.join(root, 'artifacts', version);
      mkdirSync(artifact, { recursive: true });
      cpSync(app, path.join(artifact, 'app.mjs'));
      for (const [name, text] of Object.entries(files))
        writeFileSync(path.join(artifact, name), text);
      artifacts.set(version, artifact);
      const digest = await artifactDigest(artifact);
      if (!digest.ok) throw new Error(digest.failure.message);
      const record = { version, commit: null, committed_at: null, artifact: digest.value };
      return record satisfies ReleaseRecord;
    },

    /** Applies, and throws where that is not taken. */
    async apply(fence: number, ...slots: readonly Slot[]): Promise<void> {
      const applied = await driver.apply({ slots }, fence);
      if (!applied.ok) throw new Error(JSON.stringify(applied.failure));
    },

    async observe(): Promise<Observed> {
      const observed = await driver.observe();
      if (!observed.ok) throw new Error(JSON.stringify(observed.failure));
      return observed.value;
    },

    /** Observes until the claim holds. */
    async until(claim: (observed: Observed) => boolean, withinMs = 20_000): Promise<Observed> {
      return until(() => this.observe(), claim, withinMs);
    },

    async close(): Promise<void> {
      const down = await downLocal(local);
      // A daemon that somebody started too late may still be about to leave.
      rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      if (!down.ok) throw new Error(JSON.stringify(down.failure));
    },
  };
}

export type Rig = Awaited<ReturnType<typeof openRig>>;

export const slot = (release: ReleaseRecord, instances: number, share: number): Slot => ({
  ...{ release, instances, share },
});

/** All that was asked for runs and is healthy, and nothing else runs. */
export const isSettled = ({ slots }: Observed): boolean =>
  slots.every(
    ({ instances, healthy, share }) => healthy === instances && (share === 0 || healthy > 0),
  );

/** Asks again and again, for a bounded time, until the answer fits. */
export async function until<T>(
  look: () => T | Promise<T>,
  claim: (seen: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (claim(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
