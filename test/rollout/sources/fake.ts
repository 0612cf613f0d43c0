/** A server that answers as it is told, and a source of each kind that asks it. */

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SourceConfig } from '../../../src/config/environment.ts';
import { sourcesFrom, type SourcesAsked } from '../../../src/rollout/sources/ask-all.ts';

export interface Fake {
  readonly url: string;
  /** Paths with their queries, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function serve(answer: RequestListener): Promise<Fake> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const noProcess = () => Promise.reject(new Error('no process is started here'));

/** Of the candidate only. */
export async function ask(
  sources: Readonly<Record<string, SourceConfig>>,
  times: Partial<Pick<SourcesAsked, 'fromMs' | 'toMs'>> = {},
  run: Parameters<typeof sourcesFrom>[0]['run'] = noProcess,
) {
  const named = { environment: 'production', service: 'checkout' };
  const asked = {
    ...{ sources, fromMs: 1_000_000, toMs: 1_060_000, ...times },
    candidate: { release: '1.9.0', ...named },
    stable: { release: '1.8.2', ...named },
  };
  const surroundings = {
    root: process.cwd(),
    env: { PATH: process.env['PATH'] },
    secrets: [],
    run,
  };
  const said = await sourcesFrom(surroundings)(asked, new AbortController().signal);
  return { said: said.candidate, troubles: said.troubles };
}

export const prometheus = (url: string, changes: object = {}): SourceConfig => ({
  ...{ kind: 'prometheus', url, query: 'x{version="{{release}}"}', timeoutMs: 300, lagMs: 0 },
  ...changes,
});

/** Points every ten seconds of the minute that is asked for. */
export function matrix(
  ...series: (readonly [labels: object, ...values: (number | string)[]])[]
): string {
  const result = series.map(([metric, ...values]) => ({
    metric,
    values: values.map((value, index) => [1010 + index * 10, String(value)]),
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}
