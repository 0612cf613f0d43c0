import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LocalSettings } from '../../src/config/environment.ts';
import type { ReleaseRecord } from '../../src/history/records.ts';
import { artifactDigest } from '../../src/rollout/artifact.ts';
import { downLocal, localDriver } from '../../src/rollout/drivers/local/index.ts';
import { freePort } from './cluster.ts';
import { driverContract, release, value, type OpenedDriver } from './driver-suite.ts';

const top = path.join(import.meta.dirname, '..', '..');

driverContract({
  kind: 'local',
  open: openLocal,
  hasReleases: false,
  takesRequests: true,
  countsRequests: true,
  bridges: false,
});

async function openLocal(): Promise<OpenedDriver> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-local-'));
  const places = new Map<string, string>();
  const made = async (version: string): Promise<ReleaseRecord> => {
    const place = path.join(folder, version);
    mkdirSync(place);
    cpSync(path.join(top, 'examples', 'haproxy', 'server.mjs'), path.join(place, 'server.mjs'));
    writeFileSync(path.join(place, 'version'), version);
    const digest = await artifactDigest(place);
    if (!digest.ok) throw new Error(digest.failure.message);
    places.set(version, place);
    return release(version, digest.value);
  };
  const port = await freePort();
  const settings: LocalSettings = {
    kind: 'local',
    listen: { host: '127.0.0.1', port },
    start: ['node', 'server.mjs'],
    env: {},
    passEnv: [],
    health: {
      path: '/healthz',
      intervalMs: 100,
      timeoutMs: 1_000,
      healthyAfter: 2,
      unhealthyAfter: 2,
    },
    drainMs: 5_000,
    keep: 3,
  };
  const local = {
    ...{ service: 'payments', environment: 'staging', stateFolder: path.join(folder, 'state') },
    daemonEntry: path.join(top, 'src/rollout/drivers/local/daemon.ts'),
    env: { PATH: process.env['PATH'] },
  };
  const artifactPath = ({ version }: ReleaseRecord) => places.get(version);
  return {
    driver: localDriver({ ...local, settings, artifactPath }),
    old: await made('1.8.2'),
    next: await made('1.9.0'),
    sick: await made('1.9.1-sick'),
    missing: release('7.7.7', `sha256:${'d'.repeat(64)}`),
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      value(await downLocal(local));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
