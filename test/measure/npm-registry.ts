/** A registry on the loopback that knows advisories and answers `npm audit`; nothing else. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Advisory {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly severity: string;
  readonly vulnerable_versions: string;
}

export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/** With `status` it refuses every question so. */
export async function startRegistry(
  advisories: Readonly<Record<string, readonly Advisory[]>>,
  status = 200,
): Promise<Registry> {
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '').slice(1));
    const body = request.url?.endsWith('/advisories/bulk') ? advisories : packument(name);
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 200 ? JSON.stringify(body) : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** npm asks for it to find a version without the flaw. */
function packument(name: string): object {
  const version = (text: string): object => ({ name, version: text, dist: { tarball: '' } });
  return {
    name,
    'dist-tags': { latest: '2.0.0' },
    versions: { '1.0.0': version('1.0.0'), '2.0.0': version('2.0.0') },
  };
}
