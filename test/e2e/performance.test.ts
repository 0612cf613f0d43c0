/** A load by the real k6: only when asked for, shortened only where that is said, never a pass of a service that is not there. */

import { describe, expect, test } from 'vitest';
import { resolveBinary } from '../../src/measure/process/resolve-binary.ts';
import type { CheckJson } from '../../src/report/json.ts';
import { freePort } from '../contracts/cluster.ts';
import { emptyProject, valuesIn, type Project } from './rig.ts';

const k6 = resolveBinary('k6', process.env['PATH'] ?? '');
const PATH = process.env['PATH'];

const SERVER = `
import http from 'node:http';
let asked = 0;
http.createServer((request, response) => {
  asked += 1;
  response.statusCode = process.env.FAILS && asked % 4 === 0 ? 500 : 200;
  response.end('ok');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const SCRIPT = `
import { sleep } from 'k6';
import http from 'k6/http';
export default function () {
  http.get(\`\${__ENV.TARGET_URL}/\`);
  sleep(0.2);
}
`;

async function loadProject(more = '', start = true): Promise<Project> {
  const port = await freePort();
  const project = emptyProject();
  project.write({
    'package.json': JSON.stringify({ name: 'shop', type: 'module' }),
    'server.js': SERVER,
    'k6/load.js': SCRIPT,
    // How fast this machine is, is not what is tested here.
    'nemesis.config.yaml': `
limits:
  performance.smoke.p95_latency: 60s
  performance.load.p95_latency: 60s
  performance.stress.p95_latency: 60s
suites:
  performance:
    target: http://127.0.0.1:${port}
    env: { PORT: '${port}'${more} }
${start ? `    start: { run: node server.js, background: true, ready: { port: ${port} } }` : ''}
`,
  });
  return project;
}

describe.skipIf(!k6.ok)('k6', () => {
  test('measures each scenario, and says that it was a trial', async () => {
    const project = await loadProject();
    const words = ['test:performance', '--trial', '600', '--json'];
    const { code, stdout, stderr } = await project.nemesis(words, { env: { PATH } });
    expect(code, stderr).toBe(0);
    const json = JSON.parse(stdout) as CheckJson;
    expect(json.trial).toBe(600);
    expect(valuesIn(json)).toMatchObject({
      'performance.p95_latency': expect.any(Number) as number,
      'performance.smoke.p95_latency': expect.any(Number) as number,
      'performance.load.p95_latency': expect.any(Number) as number,
      'performance.stress.p95_latency': expect.any(Number) as number,
      'performance.smoke.requests': expect.any(Number) as number,
      'performance.load.requests': expect.any(Number) as number,
      'performance.stress.requests': expect.any(Number) as number,
      ...{ 'performance.error_rate': 0, 'performance.thresholds_failed': 0 },
      ...{ 'performance.smoke.error_rate': 0, 'performance.load.error_rate': 0 },
      'performance.stress.error_rate': 0,
    });
    const plain = await project.nemesis(['test:performance', '--trial', '600'], { env: { PATH } });
    expect(plain.stdout.replace(/\s+/g, ' ')).toContain('a trial: the load was 600 times shorter');
    expect(plain.stderr).toContain('k6: stress: 500 VUs for 2s (trial)');
    expect(project.git('init', '-q') + project.git('status', '--porcelain')).not.toContain(
      'summary',
    );
  }, 60_000);

  test('counts what fails in each scenario, and the limits that the script sets itself', async () => {
    const project = await loadProject(", FAILS: 'yes'");
    const limits = "export const options = { thresholds: { http_req_failed: ['rate<0.01'] } };\n";
    project.write({ 'k6/load.js': limits + SCRIPT });
    const words = ['test:performance', '--trial', '600', '--json'];
    const { code, stdout, stderr } = await project.nemesis(words, { env: { PATH } });
    expect(code, stderr).toBe(1);
    expect(valuesIn(JSON.parse(stdout) as CheckJson)).toMatchObject({
      'performance.error_rate': expect.closeTo(0.25, 1) as number,
      'performance.smoke.error_rate': expect.closeTo(0.25, 1) as number,
      'performance.load.error_rate': expect.closeTo(0.25, 1) as number,
      'performance.stress.error_rate': expect.closeTo(0.25, 1) as number,
      'performance.thresholds_failed': 3,
    });
  }, 60_000);

  test('blocks by the error rate of a scenario', async () => {
    const project = await loadProject(", FAILS: 'yes'");
    const words = ['test:performance', '--trial', '600', '--verbose'];
    const { code, stdout, stderr } = await project.nemesis(words, { env: { PATH } });
    expect(code).toBe(1);
    expect(stdout).toContain('performance.smoke.error_rate is 25');
    expect(stderr).toContain('10 VUs');
    const told = stdout.slice(stdout.indexOf('performance.smoke.error_rate is 25'));
    expect(/reports\/k6\/(\w+)/.exec(told)?.[1]).toBe('smoke');
    const explained = await project.nemesis(['explain', 'performance.load.error_rate']);
    expect(explained.stdout).toContain('.nemesis/reports/k6/load/summary.json');
  }, 60_000);

  test('a service that is not there is no fast one, and five hundred users do not ask again', async () => {
    const project = await loadProject('', false);
    const words = ['test:performance', '--trial', '600'];
    const { code, stdout, stderr } = await project.nemesis(words, { env: { PATH } });
    expect(code).toBe(3);
    expect(stdout).toContain('connection refused');
    expect(stderr).not.toContain('k6: stress');
  }, 60_000);
});

describe('a load nobody asked for', () => {
  test('is not applicable, and changes no verdict', async () => {
    const project = await loadProject();
    const { json } = await project.check();
    const runner = json.runners.find(({ id }) => id === 'k6');
    expect(runner).toMatchObject({
      state: 'not_applicable',
      why: 'only with --full or test:performance',
    });
    expect(json.trial).toBeNull();
  });

  test('is named by test:all with the command that asks for it', async () => {
    const project = await loadProject();
    const { stdout } = await project.nemesis(['test:all']);
    expect(stdout.replace(/\s+/g, ' ')).toContain('k6 (only with --full or test:performance)');
  });

  test('is told by doctor, with when it is measured', async () => {
    const project = await loadProject();
    const { stdout } = await project.nemesis(['doctor']);
    expect(stdout).toMatch(/ k6 .*; only with --full or test:performance$/m);
  });

  test('is missing with --full where k6 is not installed', async () => {
    const project = await loadProject();
    const { json } = await project.check(['--full']);
    const runner = json.runners.find(({ id }) => id === 'k6');
    expect(runner).toMatchObject({ state: 'not_installed' });
  });

  test.each([
    ['deploy:check --trial 60', '--trial shortens a load, and none is asked for'],
    ['test:performance --trial much', '--trial takes a whole number'],
  ])('nemesis %s is asked wrongly', async (words, said) => {
    const project = await loadProject();
    const { code, stderr } = await project.nemesis(words.split(' '));
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});
