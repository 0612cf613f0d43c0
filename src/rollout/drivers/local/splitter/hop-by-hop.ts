/** Headers that belong to one connection and go no further (RFC 9110, 7.6.1). */

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** What a `connection` header cannot take away: the frame of the message, and where it came from. */
const KEPT: ReadonlySet<string> = new Set(['content-length', 'host', 'close', 'upgrade']);

export const isHopByHop = (name: string): boolean => HOP_BY_HOP.has(name);

/** The further names that a `connection` header declares to be hop by hop, in lower case. */
export function namedHops(value: string): readonly string[] {
  if (value === '' || value === 'keep-alive' || value === 'close') return [];
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && !KEPT.has(name) && !name.startsWith('x-forwarded-'));
}

/** Fields that may not come after a body, since they would change what was already decided (RFC 9110, 6.5.1). */
export function isAllowedTrailer(name: string): boolean {
  return !HOP_BY_HOP.has(name) && !NEVER_LAST.has(name) && !name.startsWith('x-forwarded-');
}

const NEVER_LAST: ReadonlySet<string> = new Set([
  ...['content-length', 'host', 'trailer', 'expect', 'content-encoding', 'content-type'],
  ...['content-range', 'authorization', 'cookie', 'set-cookie', 'cache-control', 'max-forwards'],
]);
