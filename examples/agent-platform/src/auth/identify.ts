import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../http/route.ts';
import type { Sessions } from './sessions.ts';

/**
 * Reads `Authorization: Bearer`. Besides the tokens of people there may be one for machines, such as a load
 * generator that has nobody to sign in.
 */
export function createIdentify(
  sessions: Sessions,
  serviceToken: string | undefined,
): (authorization: string | undefined) => Caller {
  const expected = serviceToken === undefined ? undefined : digest(serviceToken);
  return (authorization) => {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { kind: 'anonymous' };
    if (expected !== undefined && timingSafeEqual(digest(token), expected)) {
      return { kind: 'service', name: 'service' };
    }
    const session = sessions.find(token);
    if (session === undefined) return { kind: 'anonymous' };
    return { kind: 'user', name: session.user, sessionId: session.sessionId };
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
