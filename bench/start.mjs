/**
 * How long nemesis takes to start, as ratios to `node -e 0` on the same Node 24, which is also in the table.
 * Builds nothing: run `npm run build` first. Interleaved runs, medians. `node bench/start.mjs [runs]`
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FEWEST_RUNS = 15;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, 'bin', 'nemesis.js');
const runs = Math.max(FEWEST_RUNS, Number(process.argv[2] ?? 21) || FEWEST_RUNS);

if (!process.versions.node.startsWith('24.')) {
  refuse(`these ratios are defined on Node 24; this is ${process.version}`);
}
if (!existsSync(path.join(root, 'dist', 'main.js'))) refuse('there is no dist/; run npm run build');

const scratch = mkdtempSync(path.join(tmpdir(), 'nemesis-start-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const project = path.join(scratch, 'project');
const home = path.join(scratch, 'home');
for (const folder of [project, home]) mkdirSync(folder);

/** @type {{ name: string, argv: string[], most?: number, before?: () => void }[]} */
const rows = [
  { name: 'node -e 0', argv: ['-e', '0'] },
  { name: '--version', argv: [bin, '--version'], most: 1.15 },
  { name: '--help', argv: [bin, '--help'], most: 1.15 },
  { name: 'gates:list, empty gate cache', argv: list(), most: 3, before: forgetGates },
  { name: 'gates:list, warm gate cache', argv: list(), most: 1.5 },
];

const times = rows.map(() => /** @type {number[]} */ ([]));
for (let run = -2; run < runs; run += 1) {
  rows.forEach((row, index) => {
    const ms = timeOf(row);
    if (run >= 0) times[index]?.push(ms); // two rounds first: compile cache and page cache
  });
}

const medians = times.map(median);
const floor = medians[0] ?? NaN;
let isOver = false;
console.log(`Node ${process.version}, ${runs} interleaved runs, medians\n`);
rows.forEach(({ name, most }, index) => {
  const ms = medians[index] ?? NaN;
  const ratio = ms / floor;
  if (most !== undefined && ratio > most) isOver = true;
  const verdict =
    most === undefined ? '' : `<= ${most.toFixed(2)}  ${ratio > most ? 'over' : 'ok'}`;
  console.log(
    `${name.padEnd(30)} ${ms.toFixed(1).padStart(7)} ms  ${ratio.toFixed(2).padStart(5)}x  ${verdict}`.trimEnd(),
  );
});
process.exitCode = isOver ? 1 : 0;

function list() {
  return [bin, 'gates:list', '--json', '--cwd', project];
}

function forgetGates() {
  rmSync(path.join(home, 'gates'), { recursive: true, force: true });
}

/** @param {typeof rows[number]} row */
function timeOf({ name, argv, before }) {
  before?.();
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, argv, {
    cwd: project,
    env: { ...process.env, NEMESIS_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) refuse(`${name} ended with ${status}:\n${stderr}`);
  return ms;
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** @param {string} why @returns {never} */
function refuse(why) {
  console.error(`bench/start: ${why}`);
  process.exit(2);
}
