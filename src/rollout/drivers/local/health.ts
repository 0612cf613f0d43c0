/** Asks an instance whether it is fine, once. */

import http from 'node:http';
import type { HealthProbe } from '../../../config/environment.ts';

export type Probed =
  | { readonly kind: 'fine' }
  /** Nobody listens there yet. */
  | { readonly kind: 'refused' }
  /** In words that follow its name: `answers its health check with 500`. */
  | { readonly kind: 'bad'; readonly why: string };

/** Never rejects. An answer that is not complete within the time is none; one of any size is read and let go. */
export function probe(port: number, { path, timeoutMs }: HealthProbe): Promise<Probed> {
  return new Promise((resolve) => {
    const done = (probed: Probed): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(probed);
    };
    const bad = (why: string): void => done({ kind: 'bad', why });
    const headers = { 'User-Agent': 'nemesis-health', Connection: 'close' };
    const request = http.get({ host: '127.0.0.1', port, path, headers, agent: false });
    const timer = setTimeout(
      () => bad(`does not answer its health check within ${timeoutMs} ms`),
      timeoutMs,
    );
    request.on('response', (response) => {
      const { statusCode = 0 } = response;
      const isFine = statusCode >= 200 && statusCode <= 299;
      response.on('data', () => undefined);
      response.on('error', () => bad('breaks off its health check'));
      response.on('end', () =>
        isFine ? done({ kind: 'fine' }) : bad(`answers its health check with ${statusCode}`),
      );
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') done({ kind: 'refused' });
      else bad(`fails its health check: ${error.code ?? error.message}`);
    });
  });
}
