/** Canaries of the example for real: its processes behind the splitter, its own load, the gate's own sentences, a trial. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ok } from '../../src/failure.ts';
import type { EnvironmentConfig, LocalSettings } from '../../src/config/environment.ts';
import type { AgentAction } from '../../src/judge/deployment.ts';
import type { JournalRecord, ReleaseRecord } from '../../src/history/records.ts';
import { artifactDigest } from '../../src/rollout/artifact.ts';
import { downLocal, localDriver } from '../../src/rollout/drivers/local/index.ts';
import type { Driver } from '../../src/rollout/driver.ts';
import type { Outcome, WalkPorts } from '../../src/rollout/ports.ts';
import { rollOut } from '../../src/rollout/roll-out.ts';
import { planRollout } from '../../src/rollout/strategies/plan-rollout.ts';
import { freePort } from '../contracts/cluster.ts';
import { loaded } from '../config/project.ts';

const top = path.join(import.meta.dirname, '..', '..');
const example = path.join(top, 'examples', 'agent-platform');

/** Half an hour of canary in ten seconds: about 90 requests of the candidate, 810 beside it, 200 ms and more each. */
const SPEED = 180;
const FLOOR_MS = 200;

export interface Canaries {
  /** @param faults of the candidate, as `FAULTS` has them */
  run(
    faults: string,
  ): Promise<{ readonly outcome: Outcome; readonly records: readonly JournalRecord[] }>;
  close(): Promise<void>;
}

export async function openCanaries(): Promise<Canaries> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-canary-'));
  const places = new Map<string, string>();
  const port = await freePort();
  const local = {
    ...{
      service: 'agent-platform',
      environment: 'staging',
      stateFolder: path.join(folder, 'state'),
    },
    daemonEntry: path.join(top, 'src/rollout/drivers/local/daemon.ts'),
    env: { PATH: process.env['PATH'] },
  };
  const made = async (version: string): Promise<ReleaseRecord> => {
    const place = path.join(folder, version);
    mkdirSync(place);
    for (const name of ['src', 'prompts', 'public', 'package.json']) {
      cpSync(path.join(example, name), path.join(place, name), { recursive: true });
    }
    writeFileSync(path.join(place, 'version'), version);
    const digest = await artifactDigest(place);
    if (!digest.ok) throw new Error(digest.failure.message);
    places.set(version, place);
    return { version, commit: null, committed_at: null, artifact: digest.value };
  };
  const driverWith = (faults: string): Driver =>
    localDriver({
      ...local,
      settings: settings(port, faults),
      artifactPath: ({ version }) => places.get(version),
    });
  let fence = 1;
  let count = 0;
  let stable = await made('1.0.0');
  const first = await walked(null, stable, driverWith(''), port, (fence += 1));
  if (first.outcome.kind !== 'succeeded') throw new Error(JSON.stringify(first.outcome));
  return {
    async run(faults) {
      const candidate = await made(`2.0.${(count += 1)}`);
      const done = await walked(stable, candidate, driverWith(faults), port, (fence += 1024));
      // What was held keeps its instances; the next candidate ends them.
      if (done.outcome.kind === 'succeeded') stable = candidate;
      return done;
    },
    close: async () => {
      const down = await downLocal(local);
      rmSync(folder, { recursive: true, force: true });
      if (!down.ok) throw new Error(JSON.stringify(down.failure));
    },
  };
}

function settings(port: number, faults: string): LocalSettings {
  return {
    ...{ kind: 'local', listen: { host: '127.0.0.1', port }, start: ['node', 'src/main.ts'] },
    env: {
      ...{ DATA_DIR: ':memory:', LOG_LEVEL: 'silent', LATENCY_FLOOR_MS: String(FLOOR_MS) },
      ...(faults !== '' && { FAULTS: faults }),
    },
    passEnv: [],
    health: {
      path: '/healthz',
      intervalMs: 200,
      timeoutMs: 2000,
      healthyAfter: 2,
      unhealthyAfter: 5,
    },
    ...{ drainMs: 5000, keep: 2 },
  };
}

/** As the staging gates ask, without the steps a project declares. */
function actors() {
  const { agents } = loaded({ 'nemesis.config.yaml': 'extends: nemesis/strict\n' });
  const of = (id: string): AgentAction => agents.find((one) => one.id === id)!.action!;
  const { deployment, ...deploys } = of('DEPLOY_STAGING_001');
  const bare = { ...deployment!, before: [], between: [], after: [] };
  return [
    { id: 'DEPLOY_STAGING_001', action: { ...deploys, deployment: bare } },
    { id: 'DEPLOY_STAGING_003', action: of('DEPLOY_STAGING_003') },
  ];
}

async function walked(
  stable: ReleaseRecord | null,
  release: ReleaseRecord,
  driver: Driver,
  port: number,
  fence: number,
) {
  const environment: EnvironmentConfig = {
    ...{
      name: 'staging',
      driver: settings(port, ''),
      instances: 1,
      readyWithinMs: 60_000,
      steps: {},
    },
    load: { argv: ['node', path.join(example, 'ops/load.js'), '100'], timeoutMs: 600_000 },
    ...{ onInterrupt: 'rollback', withoutTraffic: 'refuse' },
  };
  const planned = planRollout({
    ...{ service: 'agent-platform', environment, dials: driver.dials, actors: actors() },
    ...{ release, stable, speed: SPEED, migrations: 'none' },
  });
  if (!planned.ok) throw new Error(JSON.stringify(planned.failure));
  const records: JournalRecord[] = [];
  let ids = 0;
  const ports: WalkPorts = {
    ...{ driver, fence, signal: new AbortController().signal, lost: new AbortController().signal },
    note(more) {
      records.push(...more);
      return Promise.resolve(ok(undefined));
    },
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) => sleep(ms, signal),
    },
    runCommand: async ({ argv }, _, signal) => {
      const url = `http://127.0.0.1:${port}`;
      const child = spawn(argv[0]!, argv.slice(1), {
        env: { PATH: process.env['PATH'], NEMESIS_URL: url },
        stdio: 'ignore',
      });
      signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
      await once(child, 'exit');
      return { exitCode: child.exitCode, tail: [] };
    },
    alerts: () => Promise.resolve({ firing: [] }),
    tell: () => undefined,
    newId: () => `canary-${(ids += 1)}`,
    at: () => undefined,
  };
  return { outcome: await rollOut(planned.value, {}, ports), records };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const timer = setTimeout(resolve, ms);
    const wake = () => {
      clearTimeout(timer);
      resolve();
    };
    signal?.addEventListener('abort', wake, { once: true });
  });
}
