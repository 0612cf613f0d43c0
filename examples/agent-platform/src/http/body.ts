import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../errors.ts';

/** Reads a JSON body of at most `limitBytes`. Stops reading at the limit instead of trusting content-length. */
export async function readJson(
  chunks: AsyncIterable<Buffer>,
  headers: IncomingHttpHeaders,
  limitBytes: number,
): Promise<unknown> {
  const type = headers['content-type'] ?? '';
  if (type.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new ServiceError('unsupported_media_type', 'send the body as application/json');
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limitBytes) {
      throw new ServiceError('payload_too_large', `the body may have ${limitBytes} bytes at most`);
    }
    parts.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  } catch {
    throw new ServiceError('bad_request', 'the body is not valid JSON');
  }
}
