/**
 * What 1 GiB of a tool's output costs nemesis: peak memory of the process that runs the engine, and
 * cpu against `sh -c 'gen > file'`, both ways in turn. Needs that much room in the temporary folder. The engine is bundled first, as
 * nemesis ships it: stripping types at run time costs 35 MiB of its own.
 *
 *   node bench/stream.mjs [rounds, 5] [MiB, 1024]
 *
 * Exits 1 when the peak is above its target.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MIB = 1024 * 1024;
const PEAK_TARGET_MIB = 80;

const [first, second, third] = process.argv.slice(2);
if (first === 'host') await host(process.cwd(), Number(second), third);
else await compare(Number(first ?? 5), Number(second ?? 1024));

/** Lines of 128 bytes; `yes` is the quickest writer of lines that every machine has. */
function generator(mib) {
  return `yes '${'log line '.repeat(14)}x' | head -c ${mib * MIB}`;
}

/** In a process of its own, so that its memory is the engine's and nothing else's. */
async function host(dir, mib, engineFile) {
  const { createProcessEngine } = await import(pathToFileURL(engineFile).href);
  const engine = createProcessEngine();
  const { end, stdoutFile } = await engine.run({
    file: '/bin/sh',
    argv: ['-c', generator(mib)],
    cwd: dir,
    env: { PATH: process.env.PATH },
    timeoutMs: 600_000,
    outputCapBytes: 2 * 1024 * MIB,
    outputDir: dir,
  });
  await engine.close();
  if (end.kind !== 'exited' || end.code !== 0) throw new Error(JSON.stringify(end));
  if (statSync(stdoutFile).size !== mib * MIB) throw new Error('bytes are missing');
  console.log(`peak ${process.resourceUsage().maxRSS}`);
}

async function compare(rounds, mib) {
  const engine = [];
  const shell = [];
  const bundleDir = mkdtempSync(join(tmpdir(), 'nemesis-stream-'));
  try {
    const bundle = await bundleEngine(bundleDir);
    for (let round = 0; round < rounds; round++) {
      engine.push(measured([process.execPath, import.meta.filename, 'host', String(mib), bundle]));
      shell.push(measured(['/bin/sh', '-c', `${generator(mib)} > stdout`]));
    }
  } finally {
    rmSync(bundleDir, { recursive: true, force: true });
  }
  const peakMib = Math.max(...engine.map((run) => run.peakKib)) / 1024;
  console.log(`${mib} MiB of output, ${rounds} rounds, engine and shell in turn`);
  console.log(`peak RSS      ${peakMib.toFixed(1)} MiB (target: at most ${PEAK_TARGET_MIB})`);
  // The disk under the temporary folder makes single rounds two to three times as dear.
  for (const [name, pick] of [
    ['best', (numbers) => Math.min(...numbers)],
    ['median', median],
  ]) {
    const of = (runs, key) => pick(runs.map((run) => run[key]));
    const [ours, theirs] = [of(engine, 'cpuS'), of(shell, 'cpuS')];
    const walls = [of(engine, 'wallS'), of(shell, 'wallS')].map((s) => s.toFixed(2));
    console.log(
      `${name.padEnd(7)} cpu   ${ours.toFixed(2)} s / ${theirs.toFixed(2)} s = ` +
        `${(ours / theirs).toFixed(2)}, wall ${walls.join(' s / ')} s`,
    );
  }
  if (peakMib > PEAK_TARGET_MIB) process.exitCode = 1;
}

async function bundleEngine(dir) {
  const { build } = await import('rolldown');
  const file = join(dir, 'engine.mjs');
  const input = join(import.meta.dirname, '../src/measure/process/engine.ts');
  await build({ input, platform: 'node', logLevel: 'silent', output: { file, format: 'esm' } });
  return file;
}

/** Runs a command in a fresh folder; the shell's `times` counts the cpu of all its descendants. */
function measured(argv) {
  const dir = mkdtempSync(join(tmpdir(), 'nemesis-stream-'));
  const script = '"$@" || exit; times';
  try {
    const started = performance.now();
    const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', script, 'sh', ...argv], {
      cwd: dir,
      encoding: 'utf8',
    });
    const wallS = (performance.now() - started) / 1000;
    if (status !== 0) throw new Error(`${argv[0]} exited ${status}: ${stderr}`);
    const lines = stdout.trim().split('\n');
    const times = [...(lines.at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
    const cpuS = times.reduce((sum, [, minutes, seconds]) => sum + 60 * minutes + +seconds, 0);
    return { wallS, cpuS, peakKib: Number(/^peak (\d+)/m.exec(stdout)?.[1] ?? 0) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
