/** A service on the loopback that answers as OSV does: what holes a package has, and how bad one is. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Hole {
  readonly id: string;
  readonly package: string;
  readonly aliases?: readonly string[];
  readonly fixed?: string;
  /** In GitHub's words. */
  readonly severity?: string;
  /** A vector of CVSS. */
  readonly vector?: string;
}

export interface OsvService {
  /** For PIP_AUDIT_OSV_URL. */
  readonly query: string;
  close(): Promise<void>;
}

export interface Faults {
  /** Every question about a package is refused so. */
  readonly query?: number;
  /** Every question about one hole is refused so. */
  readonly hole?: number;
  /** It takes every question and answers none. */
  readonly silent?: boolean;
}

export async function startOsv(holes: readonly Hole[], faults: Faults = {}): Promise<OsvService> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      if (faults.silent === true) return;
      const isQuery = request.url === '/v1/query';
      const status = (isQuery ? faults.query : faults.hole) ?? 200;
      const id = decodeURIComponent((request.url ?? '').split('/').at(-1)!);
      const hole = holes.find((one) => one.id === id || one.aliases?.includes(id));
      const found = isQuery || hole !== undefined;
      response.writeHead(status === 200 && !found ? 404 : status, {
        'content-type': 'application/json',
      });
      if (status !== 200) response.end('no');
      else response.end(JSON.stringify(isQuery ? answerTo(text, holes) : hole && entryOf(hole)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    query: `http://127.0.0.1:${port}/v1/query`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(question: string, holes: readonly Hole[]): object {
  const { name } = (JSON.parse(question) as { package: { name: string } }).package;
  const vulns = holes.filter((hole) => hole.package === name).map(entryOf);
  return vulns.length === 0 ? {} : { vulns };
}

function entryOf({ id, package: name, aliases, fixed, severity, vector }: Hole): object {
  const events = [{ introduced: '0' }, ...(fixed === undefined ? [] : [{ fixed }])];
  const ranges = [{ type: 'ECOSYSTEM', events }];
  return {
    ...{
      id,
      aliases,
      summary: `${name} rounds against the customer. More.`,
      published: '2026-01-02T03:04:05Z',
    },
    affected: [{ package: { name, ecosystem: 'PyPI' }, ranges }],
    ...(severity !== undefined && { database_specific: { severity } }),
    ...(vector !== undefined && { severity: [{ type: 'CVSS_V3', score: vector }] }),
  };
}
