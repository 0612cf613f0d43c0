/** A real Prometheus that scrapes two of the example: the new one slower, and with a type of error of its own. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrometheusSource } from '../../../src/config/environment.ts';
import { freePort } from '../../contracts/cluster.ts';
import { ask } from './fake.ts';

const example = path.join(import.meta.dirname, '../../../examples/agent-platform');
const VERSIONS = ['1.8.2', '1.9.0'] as const;

function prometheusBin(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, 'prometheus')).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(prometheusBin() === undefined)('a real Prometheus', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-prometheus-'));
  const running: ChildProcess[] = [];
  let url = '';
  let beganMs = 0;

  const start = (file: string, argv: string[], env: Record<string, string> = {}) => {
    const options = { cwd: folder, stdio: 'ignore' as const };
    const child = spawn(file, argv, { ...options, env: { PATH: process.env['PATH'], ...env } });
    running.push(child);
    return child;
  };

  beforeAll(async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    for (const [index, version] of VERSIONS.entries()) {
      const faults =
        version === '1.9.0' ? { FAULTS: 'new_error_type_share=0.2,latency_ms=300' } : {};
      const env = {
        PORT: String(ports[index]),
        VERSION: version,
        DATA_DIR: ':memory:',
        LOG_LEVEL: 'silent',
      };
      start(process.execPath, [path.join(example, 'src/main.ts')], { ...env, ...faults });
    }
    const targets = VERSIONS.map(
      (version, index) =>
        `      - { targets: ['127.0.0.1:${ports[index]}'], labels: { version: '${version}' } }`,
    );
    const config = [
      'global: { scrape_interval: 1s }',
      'scrape_configs:',
      '  - job_name: example',
      '    static_configs:',
      ...targets,
      '',
    ];
    writeFileSync(path.join(folder, 'prometheus.yml'), config.join('\n'));
    url = `http://127.0.0.1:${ports[2]}`;
    const listen = `--web.listen-address=127.0.0.1:${ports[2]}`;
    start(prometheusBin()!, ['--config.file=prometheus.yml', '--storage.tsdb.path=data', listen]);
    await until(async () => (await fetch(`${url}/-/ready`)).ok);
    for (const version of VERSIONS)
      await until(async () => (await firstValue(url, `up{version="${version}"}`)) === '1');
    beganMs = Date.now();
    // A type that is there within the first step may have been there before, and is not counted from 0.
    await until(() => Promise.resolve(Date.now() > beganMs + 1500));
    for (let round = 0; round < 60; round += 1) {
      const asked = ports.slice(0, 2).map((port) => fetch(`http://127.0.0.1:${port}/agents`));
      for (const response of await Promise.all(asked)) await response.arrayBuffer();
    }
    for (const query of [
      'sum(http_requests_total{version="1.8.2"}) >= 60',
      'sum(errors_total) >= 12',
    ])
      await until(async () => (await firstValue(url, query)) !== undefined);
    // The last point of a range may lie a step before its end.
    const countedMs = Date.now();
    await until(() => Promise.resolve(Date.now() > countedMs + 1000));
  }, 120_000);

  afterAll(async () => {
    await Promise.all(
      running.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }),
    );
    rmSync(folder, { recursive: true, force: true });
  });

  const source = (query: string): PrometheusSource => {
    return { kind: 'prometheus', url, query, timeoutMs: 5000, lagMs: 0 };
  };

  test('tells both releases apart', async () => {
    const sources = {
      requests: source(`sum(http_requests_total{version="{{release}}"})`),
      error_types: source('sum by (type) (errors_total{version="{{release}}"})'),
      latency_p95: source(
        `1000 * histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{version="{{release}}"}[10s])))`,
      ),
      error_rate: source('sum(rate(nothing_of_that_name{version="{{release}}"}[10s]))'),
    };
    const { said, troubles } = await ask(sources, { fromMs: beganMs, toMs: Date.now() });
    expect(troubles).toEqual([]);
    expect(said['requests']).toMatchObject({ told: { kind: 'value' } });
    const { told } = said['requests'] as { readonly told: { readonly value: number } };
    expect(told.value).toBeGreaterThanOrEqual(55);
    expect(said['error_types']).toEqual({ kind: 'types', types: { unexpected_state: 12 } });
    expect(said['latency_p95']).toMatchObject({ told: { kind: 'value' } });
    const p95 = (said['latency_p95'] as { readonly told: { readonly value: number } }).told.value;
    expect(p95).toBeGreaterThan(250);
    expect(said['error_rate']).toMatchObject({ told: { why: 'the source has nothing of it' } });
  });

  test('a query it does not understand is an error of the source', async () => {
    const { troubles } = await ask({ error_rate: source('sum(x{version="{{release}}"}') });
    expect(troubles).toEqual(['error_rate: it answered 400']);
  });

  test('killed in between, it is an error of the source', async () => {
    const prometheus = running.at(-1)!;
    prometheus.kill('SIGKILL');
    await once(prometheus, 'exit');
    const { troubles } = await ask({ error_rate: source('x{version="{{release}}"}') });
    expect(troubles).toEqual(['error_rate: it could not be asked: ECONNREFUSED']);
  });
});

async function firstValue(url: string, query: string): Promise<string | undefined> {
  const answer = (await (
    await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`)
  ).json()) as {
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  return answer.data.result[0]?.value[1];
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; ;) {
    if (await isSo().catch(() => false)) return;
    if (Date.now() > end) throw new Error('it did not come up');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
