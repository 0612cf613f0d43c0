/** `test:smoke` against the example in real Chromium: each path fails by its own switch, and only that one. */

import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { readZip } from '../../src/measure/probes/zip.ts';
import type { ProbeResult } from '../../src/measure/probes/result.ts';
import { resolveBinary } from '../../src/measure/process/resolve-binary.ts';

const example = path.join(import.meta.dirname, '../../examples/agent-platform');
const { PATH = '', CHROME_PATH } = process.env;
const chromium =
  CHROME_PATH ??
  ['chromium', 'chromium-browser', 'google-chrome']
    .map((name) => resolveBinary(name, PATH))
    .find(({ ok }) => ok);
const hasChromium = chromium !== undefined;

// Made up here: what looks like a secret stands in no file.
const SECRETS = {
  SEED_PASSWORD: ['correct', 'horse', 'battery'].join('-'),
  SERVICE_TOKEN: ['machine', 'token', '0123456789'].join('-'),
};

const children: ChildProcess[] = [];
const folders: string[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The example on a free port, with one fault. */
async function serving(faults: string): Promise<{ url: string; end: () => void }> {
  const child = spawn(process.execPath, ['--no-warnings', 'src/main.ts'], {
    cwd: example,
    env: { PATH, ...SECRETS, PORT: '0', DATA_DIR: ':memory:', LOG_LEVEL: 'info', FAULTS: faults },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += String(chunk);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', () => reject(new Error(said)));
  });
  for (let tries = 0; tries < 200; tries += 1) {
    if (await fetch(`${url}/integrations`).then(({ ok }) => ok)) break;
    if (faults !== '' && (await isUp(url))) break;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return { url, end: () => void child.kill('SIGKILL') };
}

const isUp = async (url: string): Promise<boolean> => {
  const health = await fetch(`${url}/healthz`);
  return !(await health.text()).includes('"status":"starting"');
};

interface Smoked {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly root: string;
}

/** The configuration of the example and what its probes run, in a folder of its own. */
async function smoke(
  url: string,
  env: Readonly<Record<string, string>>,
  ...more: string[]
): Promise<Smoked> {
  const root = mkdtempSync(path.join(tmpdir(), 'nemesis-smoke-'));
  folders.push(root);
  for (const name of ['nemesis.config.yaml', 'ops', 'package.json'])
    cpSync(path.join(example, name), path.join(root, name), { recursive: true });
  const bin = path.join(inject('packageRoot'), 'bin/nemesis.js');
  const child = spawn(process.execPath, [bin, 'test:smoke', '--url', url, ...more], {
    cwd: root,
    env: { PATH, HOME: root, NEMESIS_HOME: path.join(root, '.home'), ...SECRETS, ...env },
  });
  children.push(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr, root };
}

interface Report {
  readonly verdict: string;
  readonly results: readonly ProbeResult[];
}

const reportIn = (root: string): Report =>
  JSON.parse(readFileSync(path.join(root, '.nemesis/reports/smoke/report.json'), 'utf8')) as Report;

const named = (results: readonly ProbeResult[], state: ProbeResult['state']) =>
  results.filter((one) => one.state === state).map(({ name }) => name);

const PAGES = ['dashboard_loads', 'agent_list_displays', 'workflow_execution_starts'];
/** What is not tried where a path fails, for it would fail of the same. */
const NEED: Readonly<Record<string, readonly string[]>> = {
  login_flow: ['token_refresh', 'logout', 'workflow_execution_starts'],
  dashboard_loads: ['agent_list_displays', 'workflow_execution_starts'],
  anthropic_ping: ['code_generation_basic', 'task_routing_basic'],
  openai_ping: ['task_routing_basic'],
};
const WORKFLOWS = ['code_generation_basic', 'research_query_basic', 'task_routing_basic'];

const PATHS = [
  ...['login_flow', 'token_refresh', 'logout', ...WORKFLOWS, 'openai_ping', 'anthropic_ping'],
  ...['database_connectivity', 'redis_connectivity', ...PAGES],
];

function notTried(fault: string): readonly string[] {
  const direct = NEED[fault] ?? [];
  const starts = [fault, ...direct].includes('workflow_execution_starts');
  return starts ? [...direct, ...WORKFLOWS] : direct;
}

describe.skipIf(!hasChromium)('in Chromium (skipped where none is found)', () => {
  test('a good release holds on every path', async () => {
    const { url, end } = await serving('');
    const temporary = mkdtempSync(path.join(tmpdir(), 'nemesis-smoke-'));
    folders.push(temporary);
    const { code, stdout, stderr, root } = await smoke(url, { TMPDIR: temporary });
    end();
    expect(stderr).toBe('');
    expect(readdirSync(temporary).filter((name) => /trac/.test(name))).toEqual([]);
    expect(stdout).toContain('13 of 13 paths hold');
    expect(code).toBe(0);
    expect(named(reportIn(root).results, 'holds').toSorted()).toEqual(PATHS.toSorted());
    expect(readdirSync(path.join(root, '.nemesis/reports/smoke'))).toEqual(['report.json']);
  });

  test.each(PATHS)('%s fails by its switch, and only that', async (fault) => {
    const { url, end } = await serving(fault);
    const { code, stdout, root } = await smoke(url, {});
    end();
    const { results, verdict } = reportIn(root);
    expect(named(results, 'fails'), stdout).toEqual([fault]);
    expect(named(results, 'untold').toSorted()).toEqual(notTried(fault).toSorted());
    expect([code, verdict]).toEqual([1, 'fails']);
    const { files } = results.find(({ name }) => name === fault)!;
    expect(files).toEqual(PAGES.includes(fault) ? [`${fault}.png`, `${fault}-trace.zip`] : []);
    for (const file of files) expectNoSecret(path.join(root, '.nemesis/reports/smoke', file));
    for (const secret of Object.values(SECRETS)) expect(stdout).not.toContain(secret);
  });
});

/** A trace is an archive that can be read, and nothing that was typed or answered opens anything. */
function expectNoSecret(file: string): void {
  const bytes = readFileSync(file);
  expect(bytes.length).toBeGreaterThan(500);
  if (!file.endsWith('.zip')) return;
  const entries = readZip(bytes)!;
  expect(entries.map(({ name }) => name)).toContain('trace.trace');
  const text = entries.map(({ content }) => content.toString('utf8')).join('\n');
  for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/"?accessToken\\*"\s*:\s*\\*"(?!\[redacted\])/);
}

/** Node alone. */
const bare = { PATH: path.dirname(process.execPath) };

describe('without a browser', () => {
  test('page paths are asked over HTTP, and that is said', async () => {
    const { url, end } = await serving('');
    const good = await smoke(url, bare);
    end();
    expect(existsSync(path.join(bare.PATH, 'chromium'))).toBe(false);
    expect(good.stderr).toBe('');
    expect(good.code).toBe(0);
    expect(good.stdout).toContain(`13 of 13 paths hold in`);
    expect(good.stdout).toMatch(/over HTTP: no Chromium was found: install it, or set CHROME_PATH/);
    const notes = reportIn(good.root).results.filter(({ note }) => note !== undefined);
    expect(notes.map(({ name }) => name).toSorted()).toEqual(PAGES.toSorted());
  });

  test('a page that is broken fails over HTTP as well', async () => {
    const { url, end } = await serving('agent_list_displays');
    const { code, root } = await smoke(url, bare);
    end();
    expect(code).toBe(1);
    expect(named(reportIn(root).results, 'fails')).toEqual(['agent_list_displays']);
  });

  test('a secret that is not set leaves its paths untold: 3', async () => {
    const { url, end } = await serving('');
    const { code, stdout } = await smoke(url, { ...bare, SEED_PASSWORD: '' }, '--json');
    end();
    const { verdict, results } = JSON.parse(stdout) as Report;
    expect([code, verdict]).toEqual([3, 'untold']);
    expect(results.find(({ name }) => name === 'login_flow')?.why).toEqual([
      'SEED_PASSWORD is not set',
    ]);
  });

  test('nobody answers: every path fails, and says so', async () => {
    const { code, stdout } = await smoke('http://127.0.0.1:9', bare);
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed\s+login_flow .*POST \/auth\/login could not be asked/);
  });
});
