/**
 * From the start of `nemesis deploy:rollback --immediate` until all traffic goes to the release before, whose instances
 * still run, as a ratio to `node -e 0`. A local environment with real processes. Builds nothing: run `npm run build`
 * first. Interleaved runs, medians. `node bench/rollback.mjs [runs]`
 */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rememberEnvironment } from '../src/rollout/last-good.ts';
import { isSettled, openRig, slot } from '../test/rollout/drivers/local/rig.ts';

const FEWEST_RUNS = 11;
const MOST = 2;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, 'bin', 'nemesis.js');
const runs = Math.max(FEWEST_RUNS, Number(process.argv[2] ?? 21) || FEWEST_RUNS);
if (!existsSync(path.join(root, 'dist', 'island.js'))) {
  console.error('bench/rollback: there is no dist/; run npm run build');
  process.exit(2);
}

const rig = await openRig({ service: 'pay', environment: 'production' });
/** @type {{ floor: number[], switched: number[], ended: number[] }} */
const times = { floor: [], switched: [], ended: [] };
try {
  const good = await rig.release('1.8.2');
  const bad = await rig.release('1.9.0');
  for (let run = -2; run < runs; run += 1) {
    const { fence } = await rig.observe();
    await rig.apply(fence + 1, slot(good, 2, 0), slot(bad, 2, 1));
    await rig.until((observed) => observed.slots.length === 2 && isSettled(observed));
    remember(good, bad);
    const floor = timeOfNode();
    const { switched, ended } = await timeOfRollback();
    if (run < 0) continue; // two rounds first: page cache
    times.floor.push(floor);
    times.switched.push(switched);
    times.ended.push(ended);
  }
} finally {
  await rig.close();
}

const floor = median(times.floor);
const ratio = median(times.switched) / floor;
console.log(`Node ${process.version}, ${runs} interleaved runs, medians\n`);
line('node -e 0', floor);
line('switched', median(times.switched), `<= ${MOST.toFixed(2)}  ${ratio > MOST ? 'over' : 'ok'}`);
line('recorded, rest ended, exit', median(times.ended));
process.exitCode = ratio > MOST ? 1 : 0;

/** @param {string} name @param {number} ms */
function line(name, ms, verdict = '') {
  const columns = [
    name.padEnd(30),
    `${ms.toFixed(1).padStart(7)} ms`,
    `${(ms / floor).toFixed(2)}x`,
  ];
  console.log([...columns, verdict].join('  ').trimEnd());
}

/** @param {import('../src/history/records.ts').ReleaseRecord} good @param {typeof good} bad */
function remember(good, bad) {
  const { frozen } = rig.driver;
  const place = {
    ...{ service: 'pay', environment: 'production', driver: frozen },
    ...{ store: null, root: null, instances: 2, ready_ms: null },
  };
  const changes = /** @type {const} */ ([
    { kind: 'unpinned' },
    { kind: 'succeeded', release: good },
    { kind: 'succeeded', release: bad },
  ]);
  for (const change of changes) rememberEnvironment(rig.stateFolder, place, change, Date.now());
}

function timeOfNode() {
  const start = performance.now();
  spawnSync(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  return performance.now() - start;
}

/** @returns {Promise<{ switched: number, ended: number }>} */
function timeOfRollback() {
  const env = { ...process.env, NEMESIS_HOME: rig.stateFolder };
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let switched = NaN;
    let said = '';
    const child = spawn(process.execPath, [bin, 'deploy:rollback', '--immediate'], {
      cwd: rig.root,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (/** @type {Buffer} */ piece) => {
      said += String(piece);
      if (Number.isNaN(switched) && said.includes('switched to'))
        switched = performance.now() - start;
    });
    child.on('close', (code) => {
      if (code === 0) resolve({ switched, ended: performance.now() - start });
      else reject(new Error(`it ended with ${code}:\n${said}`));
    });
  });
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
