/**
 * A project with two environments of its own and everything they run, for rollouts that are killed: the real binary, a
 * home and a store of its own, and a second checkout beside it. Waits are divided by the speed of a trial.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { hash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { headsIn, userStateFolder } from '../../src/history/heads.ts';
import type { JournalEvent } from '../../src/history/journal.ts';
import { openStore } from '../../src/history/open-store.ts';
import type { JournalRecord, ReleaseRecord } from '../../src/history/records.ts';
import type { Store } from '../../src/history/store.ts';
import { stores } from '../../src/history/stores/index.ts';
import { verifyStore } from '../../src/history/verify.ts';
import { artifactPlace } from '../../src/pipeline/release.ts';
import { artifactDigest } from '../../src/rollout/artifact.ts';
import { freePort } from '../contracts/cluster.ts';
import { value } from '../contracts/store.ts';

export type Environment = 'staging' | 'production';
export const INSTANCES = { staging: 2, production: 4 } as const;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface LaneOptions {
  /** Folder of the built package. */
  readonly packageRoot: string;
  readonly driver: 'local' | 'command';
  /** Absent: a file outside of both checkouts. */
  readonly postgres?: string;
  readonly speed?: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** In the second checkout. */
  readonly elsewhere?: boolean;
}

export type Lane = Awaited<ReturnType<typeof openLane>>;

/** What an instance says: nothing but its version, so that whoever asks knows who answered. */
const SERVER = `const { version } = require('./release.json');
require('node:http')
  .createServer((_, answer) => answer.end(version))
  .listen(Number(process.env.PORT), '127.0.0.1');
`;

/**
 * Every declared step, by the version: \`-bad\` fails the check after the traffic, \`-wait\` waits in the step it names until
 * there is a file, \`-hang\` never ends and does not let itself be asked to.
 */
const STEP = `case "$NEMESIS_VERSION:$1" in
  *-bad:check) echo "it does not work"; exit 1 ;;
  *-wait-$1:*) while [ ! -e "$2/go" ]; do sleep 0.05; done ;;
  *-hang:check)
    if [ -e "$2/heal" ]; then
      case "$(cat "/proc/$(cat "$2/pid")/stat" 2>/dev/null)" in ''|*') Z '*) ;; *) echo two > "$2/two" ;; esac
      exit 0
    fi
    trap '' TERM; echo $$ > "$2/pid"; while :; do sleep 0.2; done ;;
esac
`;

export async function openLane(options: LaneOptions) {
  const { packageRoot, driver, postgres, speed = 20_000 } = options;
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'nemesis-lane-')));
  const [root, other, home, shared] = ['a', 'b', 'home', 'shared'].map((name) => {
    mkdirSync(path.join(folder, name), { mode: 0o700 });
    return path.join(folder, name);
  }) as [string, string, string, string];
  const service = `lane-${path.basename(folder).slice(-6)}`;
  const asked = postgres ?? path.join(shared, 'history.sqlite');
  const ports = { staging: await freePort(), production: await freePort() };
  const seenFile = (environment: Environment) => path.join(shared, `${environment}.json`);
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', USER: 'lane' },
    ...{ NEMESIS_HOME: home, NEMESIS_STORE: asked, NODE_COMPILE_CACHE: path.join(home, 'code') },
  };

  mkdirSync(path.join(root, 'app'));
  writeFileSync(path.join(root, 'app', 'server.cjs'), SERVER);
  writeFileSync(path.join(root, 'step.sh'), STEP);
  mkdirSync(path.join(root, 'gates', 'production'), { recursive: true });
  const shipped = readFileSync(path.join(packageRoot, 'gates/production/deploy.yaml'), 'utf8');
  const free = shipped.replace('requires_approval: true', 'requires_approval: false');
  writeFileSync(path.join(root, 'gates', 'production', 'deploy.yaml'), free);
  if (driver === 'command')
    for (const environment of ['staging', 'production'] as const)
      writeFileSync(
        seenFile(environment),
        JSON.stringify({ schema: 'nemesis.observed/1', fence: 0, slots: [], restorable: [] }),
      );
  const step = (name: string) => `sh step.sh ${name} ${shared}`;
  const environmentOf = (environment: Environment, steps: Record<string, string>) => ({
    ...(driver === 'local'
      ? {
          driver: 'local',
          listen: `127.0.0.1:${ports[environment]}`,
          start: 'node server.cjs',
          health: { path: '/', interval: '50ms', timeout: '2s', healthy_after: '1' },
          drain: '1s',
        }
      : {
          driver: 'command',
          observe: `cat ${seenFile(environment)}`,
          apply: `node ${path.join(import.meta.dirname, '../fixtures/drivers/file/apply.mjs')} ${seenFile(environment)}`,
          dials: ['instances', 'traffic'],
          reach: postgres === undefined ? 'machine' : 'network',
          timeout: '20s',
        }),
    ...{ instances: `${INSTANCES[environment]}`, ready_within: '20s', without_traffic: 'accept' },
    steps,
  });
  const config = {
    service,
    gates: 'gates',
    mode: { code: 'observe', build: 'observe', test: 'observe' },
    release: { artifact: 'app' },
    trial: { speed: `${speed}` },
    environments: {
      staging: environmentOf('staging', {
        clear_staging_cache: step('before'),
        run_smoke_tests: step('smoke'),
        run_sanity_suite: step('check'),
        notify_team: step('notify'),
        smoke: step('walk'),
      }),
      production: environmentOf('production', {
        notify_stakeholders: step('before'),
        run_production_sanity: step('check'),
        update_documentation: step('notify'),
      }),
    },
  };
  writeFileSync(path.join(root, 'nemesis.config.yaml'), JSON.stringify(config, null, 2));
  for (const name of ['nemesis.config.yaml', 'gates', 'step.sh', 'app'])
    cpSync(path.join(root, name), path.join(other, name), { recursive: true });
  for (const place of [root, other]) chmodSync(place, 0o700);

  const bin = path.join(packageRoot, 'bin', 'nemesis.js');
  function start(argv: readonly string[], { env: more, elsewhere }: RunOptions = {}): Running {
    const began = performance.now();
    const child = spawn(process.execPath, [bin, ...argv], {
      cwd: elsewhere === true ? other : root,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    const ended = new Promise<Ended>((resolve) => {
      // What it started may hold its pipes open: decided when it has ended, as soon as its words have come through.
      child.once('exit', (code, signal) => {
        const done = () => resolve({ code, signal, out, err, ms: performance.now() - began });
        const late = setTimeout(done, 1000);
        child.once('close', () => {
          clearTimeout(late);
          done();
        });
      });
    });
    return { child, ended };
  }
  const run = (argv: readonly string[], how?: RunOptions) => start(argv, how).ended;

  async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = value(await openStore({ env, folder: root }, stores));
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  const note = (environment: string, records: readonly JournalRecord[]) =>
    withStore(async (store) => {
      const drafts = records.map(({ type, body }) => ({
        ...{ id: randomUUID(), type, at: Date.now(), actor: 'lane', host: 'lane' },
        body: { ...body },
      }));
      value(await store.append({ service, environment }, drafts));
    });

  /** As if it had been built here and had passed every gate before the environment. */
  async function makeRelease(version: string): Promise<ReleaseRecord> {
    writeFileSync(path.join(root, 'app', 'release.json'), JSON.stringify({ version }));
    const digest = await artifactDigest(path.join(root, 'app'));
    if (!digest.ok) throw new Error(digest.failure.message);
    const artifact = digest.value;
    const kept = artifactPlace(path.join(root, '.nemesis'), artifact);
    cpSync(path.join(root, 'app'), kept, { recursive: true });
    const commit = hash('sha1', version);
    const release = { version, commit, committed_at: 1_750_000_000_000, artifact };
    if (driver === 'command')
      for (const environment of ['staging', 'production'] as const) {
        const seen = readSeen(environment);
        const restorable = [...seen.restorable.slice(-20), { version, commit, artifact }];
        writeFileSync(seenFile(environment), JSON.stringify({ ...seen, restorable }));
      }
    const pipeline = randomUUID();
    const gates = ['code', 'build', 'test', 'staging'];
    await note('-', [
      { type: 'pipeline_started', body: { pipeline, release } },
      ...gates.map((gate): JournalRecord => {
        return { type: 'gate_judged', body: { pipeline, gate, verdict: 'passed', reasons: [] } };
      }),
    ]);
    return release;
  }

  const readSeen = (environment: Environment) =>
    JSON.parse(readFileSync(seenFile(environment), 'utf8')) as {
      fence: number;
      slots: { version: string; share: number; instances: number }[];
      restorable: { version: string; commit: string | null; artifact: string | null }[];
    };

  /** Who answers, and how much of it: `{ '2.0.0': 1 }`. */
  async function serving(environment: Environment): Promise<Readonly<Record<string, number>>> {
    if (driver === 'command') {
      const slots = readSeen(environment).slots.filter(({ share }) => share > 0);
      return Object.fromEntries(slots.map(({ version, share }) => [version, share]));
    }
    const asked = 2 * INSTANCES[environment];
    const answers = await Promise.all(
      Array.from({ length: asked }, () => answerOf(ports[environment])),
    );
    const share = (one: string) => answers.filter((answer) => answer === one).length / asked;
    return Object.fromEntries([...new Set(answers)].map((one) => [one, share(one)]));
  }

  const events = (environment: string) =>
    withStore(async (store): Promise<readonly JournalEvent[]> => {
      const all: JournalEvent[] = [];
      for (;;) {
        const after = all.at(-1)?.seq ?? 0;
        const batch = value(await store.read({ service, environment }, after, 500));
        all.push(...batch);
        if (batch.length < 500) return all;
      }
    });

  const lane = {
    ...{ folder, root, other, shared, service, driver, ports, start, run, events, note },
    ...{ withStore, makeRelease, serving },
    /** What serves in each environment when nothing is under way. */
    stable: { staging: '', production: '' } as Record<Environment, string>,
    /** What served before it was deployed. */
    older: { staging: '', production: '' } as Record<Environment, string>,
    stream: (environment: Environment) => ({ service, environment }),
    deploying: (environment: Environment, version: string) =>
      environment === 'staging'
        ? ['deploy:pipeline', '--from', 'staging', '--until', 'staging', version]
        : ['deploy:production', version],
    unlock: (environment: Environment, token: number) =>
      withStore(async (store) => value(await store.release({ service, environment }, token))),
    /** Undefined where the history is sound. */
    verify: () =>
      withStore(async (store) => {
        const report = value(await verifyStore(store, headsIn(userStateFolder(env))));
        return report.sound ? undefined : JSON.stringify(report).slice(0, 500);
      }),
    /** Processes of this lane that should not be there, a line each; what should end is waited for. */
    async strangers(withinMs = 8000): Promise<readonly string[]> {
      const until = performance.now() + withinMs;
      for (;;) {
        const found = strangersIn(folder);
        if (found.length === 0 || performance.now() > until) return found;
        await pause(50);
      }
    },
    async deploy(environment: Environment, version: string): Promise<void> {
      await makeRelease(version);
      const { code, err } = await run(lane.deploying(environment, version));
      if (code !== 0) throw new Error(`${version} could not be deployed: ${code} ${err}`);
      lane.older[environment] = lane.stable[environment];
      lane.stable[environment] = version;
    },
    async close(): Promise<void> {
      try {
        if (driver === 'local') await run(['deploy:down']);
      } finally {
        // Again: one that stands by may have come to serve.
        for (let left = processesOf(folder); left.size > 0; left = processesOf(folder))
          for (const pid of left.keys()) endQuietly(pid);
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
  return lane;
}

const BOUND_MS = 5000;

function answerOf(port: number): Promise<string> {
  return new Promise((resolve) => {
    const request = http.get({ port, host: '127.0.0.1', agent: false, timeout: BOUND_MS });
    request.once('timeout', () => request.destroy());
    request.once('error', ({ message }) => resolve(`no answer: ${message}`));
    request.once('response', (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.once('end', () => resolve(response.statusCode === 200 ? text : `status ${text}`));
    });
  });
}

/** Everything that was started in a folder or with it in its environment: pid to command line. */
export function processesOf(folder: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!(pid > 0) || pid === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      if (command !== '' && (command.includes(folder) || environment.includes(folder)))
        found.set(pid, command.trim());
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** Of local environments as many daemons and instances as they were asked for; of anything else nothing. */
function strangersIn(folder: string): readonly string[] {
  const wishes = globSync(path.join(folder, 'home/local/*/state.json')).map((file) => {
    const { desired } = JSON.parse(readFileSync(file, 'utf8')) as {
      desired: { slots: { instances: number }[] };
    };
    return desired.slots.reduce((sum, { instances }) => sum + instances, 0);
  });
  const wanted = wishes.reduce((sum, instances) => sum + instances, 0);
  const busy = wishes.filter((instances) => instances > 0).length;
  const commands = [...processesOf(folder).values()];
  // Each daemon has one that stands by, once it has run for a while.
  const standing = commands.filter((command) => command.includes('nemesis-successor'));
  const daemons = commands.filter(
    (command) => command.includes('daemon.js') && !standing.includes(command),
  );
  const instances = commands.filter((command) => command.endsWith('server.cjs'));
  const known = [...daemons, ...standing, ...instances];
  const rest = commands.filter((one) => !known.includes(one));
  return [
    ...rest.map((command) => `still runs: ${command.slice(0, 200)}`),
    ...(standing.length <= busy ? [] : [`${standing.length} stand by for ${busy}`]),
    ...(daemons.length === busy ? [] : [`${daemons.length} daemons of ${busy}`]),
    ...(instances.length === wanted ? [] : [`${instances.length} instances of ${wanted}`]),
  ];
}

export function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
