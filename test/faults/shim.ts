/** A TCP relay in front of Postgres that cuts connections at chosen moments. */

import net from 'node:net';

export interface Shim {
  readonly port: number;
  /** Cuts the connection at the next COMMIT: before it is passed on, or before the answer comes back. */
  cutNextCommit(where: 'before' | 'after'): void;
  readonly cuts: number;
  close(): Promise<void>;
}

export async function startShim(target: number): Promise<Shim> {
  let next: 'before' | 'after' | undefined;
  let cuts = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const upstream = net.connect(target, '127.0.0.1');
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        cut();
      });
      socket.on('error', cut);
    }
    let deaf = false;
    client.on('data', (chunk: Buffer) => {
      if (next === undefined || !chunk.includes('COMMIT\0')) {
        upstream.write(chunk);
        return;
      }
      const where = next;
      next = undefined;
      cuts += 1;
      if (where === 'before') cut();
      else {
        deaf = true;
        upstream.write(chunk);
      }
    });
    upstream.on('data', (chunk: Buffer) => {
      // The server has answered, so it has committed; nobody hears of it.
      if (deaf) cut();
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    cutNextCommit: (where) => (next = where),
    get cuts() {
      return cuts;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
