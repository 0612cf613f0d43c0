/**
 * The main job on the example, for real: version 1 and then version 2 through all five gates, under steady traffic, with
 * an approver of their own. Every wait is shorter than in life, and every record says so.
 */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const example = path.join(root, 'examples/agent-platform');
const state = path.join(example, '.nemesis');
const bin = path.join(root, 'bin/nemesis.js');
/** Half an hour of canary in ten seconds, an hour of validation in twenty. */
const TRIAL = '180';
const PRODUCTION = 'http://127.0.0.1:18080';
const STAGING = 'http://127.0.0.1:18081';

const env = {
  ...process.env,
  // All of it lies in the example's own folder, and goes with it.
  NEMESIS_HOME: path.join(state, 'home'),
  SERVICE_TOKEN: randomBytes(16).toString('hex'),
  SEED_PASSWORD: randomBytes(16).toString('hex'),
};

/** @type {import('node:child_process').ChildProcess[]} */
const loads = [];
let isOver = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    isOver = true;
  });
}

process.exitCode = await demo();

async function demo() {
  if (!existsSync(state)) mkdirSync(state, { mode: 0o700 });
  const ignore = path.join(state, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  try {
    await beginAnew();
    for (const version of ['1.0.0', '2.0.0']) {
      title(`version ${version}`);
      await expectCode(0, 'deploy:pipeline', version, '--until', 'approval', '--trial', TRIAL);
      if (version === '1.0.0') startLoad(STAGING);
      const approver = ['--by', 'the demo, playing the approver', '--note', 'trial'];
      await expectCode(0, 'deploy:approve', version, ...approver);
      const onward = ['--from', 'production', '--trial', TRIAL];
      await expectCode(0, 'deploy:pipeline', version, ...onward);
      if (version === '1.0.0') startLoad(PRODUCTION);
    }
    title('what serves');
    const failed = await endLoads();
    await expectVersion(STAGING, '2.0.0');
    await expectVersion(PRODUCTION, '2.0.0');
    title('the story');
    await expectCode(0, 'deploy:history');
    await expectCode(0, 'deploy:status');
    if (failed > 0) throw new Error(`${failed} requests failed`);
    return 0;
  } catch (error) {
    process.stderr.write(`the demo stopped: ${error instanceof Error ? error.message : error}\n`);
    return isOver ? 130 : 1;
  } finally {
    for (const load of loads) load.kill('SIGTERM');
    title('the end');
    await nemesis('deploy:down');
  }
}

/**
 * What an earlier demo has left is not in the way of this one: a release that has served once runs again with the
 * variables it had then, and the passwords here are made up each time.
 */
async function beginAnew() {
  if ((await nemesis('deploy:down')) !== 0) throw new Error('an earlier demo still runs');
  rmSync(path.join(env.NEMESIS_HOME, 'local'), { recursive: true, force: true });
}

/** @param {string} text */
function title(text) {
  process.stdout.write(`\n── ${text} ${'─'.repeat(Math.max(2, 74 - text.length))}\n`);
}

/** @param {string[]} argv */
function nemesis(...argv) {
  const child = spawn(process.execPath, [bin, ...argv, '--cwd', example], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const pass = () => void child.kill('SIGTERM');
  process.on('SIGTERM', pass);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', pass);
      resolve(code ?? signal);
    });
  });
}

/**
 * @param {number} wanted
 * @param {string[]} argv
 */
async function expectCode(wanted, ...argv) {
  if (isOver) throw new Error('interrupted');
  process.stdout.write(`\n$ nemesis ${argv.join(' ')}\n`);
  const code = await nemesis(...argv);
  if (code !== wanted) throw new Error(`nemesis ${argv[0]} ended with ${code}`);
}

/** @param {string} url */
function startLoad(url) {
  process.stdout.write(`\nfrom here on 100 requests a second go to ${url}\n`);
  loads.push(
    spawn(process.execPath, [path.join(example, 'ops/load.js'), '100'], {
      env: { ...env, NEMESIS_URL: url },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
}

/** @returns {Promise<number>} requests that failed or got no answer */
async function endLoads() {
  let failed = 0;
  for (const load of loads.splice(0)) {
    let said = '';
    load.stdout?.on('data', (chunk) => (said += chunk));
    const ended = new Promise((resolve) => load.on('close', resolve));
    load.kill('SIGTERM');
    await ended;
    process.stdout.write(said);
    const [, bad, open] = /, (\d+) failed, (\d+) without an answer/.exec(said) ?? [];
    failed += bad === undefined ? 1 : Number(bad) + Number(open);
  }
  return failed;
}

/**
 * @param {string} url
 * @param {string} version
 */
async function expectVersion(url, version) {
  for (let asked = 0; asked < 20; asked += 1) {
    const served = await new Promise((resolve, reject) => {
      http
        .get(`${url}/agents`, (answer) => {
          answer.resume();
          resolve(answer.headers['x-version']);
        })
        .on('error', reject);
    });
    if (served !== version) throw new Error(`${url} answers as ${served}, not as ${version}`);
  }
  process.stdout.write(`${url} answers as ${version}\n`);
}
