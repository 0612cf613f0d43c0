/** From a request as Node's parser gives it to the head that goes upstream. Pure; what is odd is refused, not mended. */

import { isHopByHop, namedHops } from './hop-by-hop.ts';

export interface ArrivedRequest {
  readonly method: string;
  readonly url: string;
  /** `1.0`, `1.1`. */
  readonly httpVersion: string;
  /** Name, value, name, value. */
  readonly rawHeaders: readonly string[];
}

/** Who sent it, and over which connection. */
export interface Sender {
  readonly address: string;
  /** Where it was sent to, for a request that names no host. */
  readonly localHost: string;
}

export type RequestBody = 'none' | 'length' | 'chunked';

export interface RequestHead {
  /** Request line and headers, with the empty line at the end; latin1. */
  readonly text: string;
  readonly body: RequestBody;
}

export type ReadRequest =
  | { readonly kind: 'fine'; readonly head: RequestHead }
  /** Goes back as 400. */
  | { readonly kind: 'refused'; readonly why: string };

/** Printable ASCII without space, `"`, `<`, `>`, `\`, `^`, `` ` ``, `{`, `|`, `}` and `#`: more than RFC 3986 allows. */
const PATH = /^\/[!$-;=?-[\]_a-z~]*$/;
const HOST = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;
const METHOD = /^[A-Z][A-Z-]{0,19}$/;

/**
 * `isUpgrade`: the request asks for a websocket, and the head that goes up shall do so, too. `expects`: the client waits
 * for a word before it sends its body.
 */
export function readRequest(
  request: ArrivedRequest,
  sender: Sender,
  { isUpgrade = false, expects = false } = {},
): ReadRequest {
  const { method, rawHeaders, httpVersion } = request;
  const seen = lookAt(rawHeaders);
  const why = problemOf(request, seen);
  if (why !== undefined) return { kind: 'refused', why };
  const host = seen.host ?? sender.localHost;
  const url = originForm(request, host);
  if (url === undefined) return { kind: 'refused', why: 'a target that cannot be told' };
  const body = bodyOf(seen);
  if (isUpgrade && body !== 'none') return { kind: 'refused', why: 'an upgrade with a body' };

  const asks = isUpgrade
    ? 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
    : frameLines(body, expects && httpVersion === '1.1');
  const text =
    `${method} ${url} HTTP/1.1\r\nHost: ${host}\r\n` +
    passedOn(rawHeaders, seen, isLoopback(sender.address)) +
    originLines(sender.address, host, seen) +
    asks;
  return { kind: 'fine', head: { text: `${text}\r\n`, body } };
}

function passedOn(rawHeaders: readonly string[], seen: Seen, isFromProxy: boolean): string {
  const hops = seen.connection === undefined ? [] : namedHops(seen.connection);
  let text = '';
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const lower = rawHeaders[at]!.toLowerCase();
    const isDropped = isHopByHop(lower) || lower === 'host' || lower === 'expect';
    if (isDropped || hops.includes(lower) || isOurs(lower, isFromProxy)) continue;
    text += `${rawHeaders[at]!}: ${rawHeaders[at + 1]!}\r\n`;
  }
  return text;
}

/** Who asked, and for what: the word of a proxy on this machine is taken, anybody else's is not. */
function originLines(address: string, host: string, seen: Seen): string {
  const isFromProxy = isLoopback(address);
  const before = isFromProxy && seen.forwardedFor ? `${seen.forwardedFor}, ` : '';
  let text = `X-Forwarded-For: ${before}${address}\r\n`;
  if (!isFromProxy || !seen.hasForwardedProto) text += 'X-Forwarded-Proto: http\r\n';
  if (!isFromProxy || !seen.hasForwardedHost) text += `X-Forwarded-Host: ${host}\r\n`;
  return text;
}

function frameLines(body: RequestBody, expects: boolean): string {
  const expected = expects && body !== 'none' ? 'Expect: 100-continue\r\n' : '';
  return body === 'chunked' ? `Transfer-Encoding: chunked\r\n${expected}` : expected;
}

/** Another proxy on this machine has seen the client; anybody else could write what he likes. */
const isLoopback = (address: string): boolean =>
  address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';

/** Does this `x-forwarded-` header come from us, and not from the request? */
function isOurs(lower: string, isFromProxy: boolean): boolean {
  if (lower === 'x-forwarded-for') return true;
  return !isFromProxy && (lower === 'x-forwarded-proto' || lower === 'x-forwarded-host');
}

interface Seen {
  hosts: number;
  host: string | undefined;
  lengths: number;
  length: string | undefined;
  encodings: number;
  encoding: string | undefined;
  connection: string | undefined;
  forwardedFor: string | undefined;
  hasForwardedProto: boolean;
  hasForwardedHost: boolean;
}

function lookAt(rawHeaders: readonly string[]): Seen {
  const seen: Seen = {
    hosts: 0,
    host: undefined,
    lengths: 0,
    length: undefined,
    encodings: 0,
    encoding: undefined,
    connection: undefined,
    forwardedFor: undefined,
    hasForwardedProto: false,
    hasForwardedHost: false,
  };
  for (let at = 0; at < rawHeaders.length; at += 2)
    note(seen, rawHeaders[at]!, rawHeaders[at + 1]!);
  return seen;
}

function note(seen: Seen, name: string, value: string): void {
  switch (name.toLowerCase()) {
    case 'host':
      seen.hosts += 1;
      seen.host = value;
      return;
    case 'content-length':
      seen.lengths += 1;
      seen.length = value;
      return;
    case 'transfer-encoding':
      seen.encodings += 1;
      seen.encoding = value;
      return;
    case 'connection':
      seen.connection = seen.connection === undefined ? value : `${seen.connection},${value}`;
      return;
    case 'x-forwarded-for':
      seen.forwardedFor = seen.forwardedFor ? `${seen.forwardedFor}, ${value}` : value;
      return;
    case 'x-forwarded-proto':
      seen.hasForwardedProto = true;
      return;
    case 'x-forwarded-host':
      seen.hasForwardedHost = true;
  }
}

function problemOf({ method, httpVersion }: ArrivedRequest, seen: Seen): string | undefined {
  if (!METHOD.test(method) || method === 'CONNECT') return 'a method that is not served here';
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'a version of HTTP that is not 1.x';
  if (seen.hosts > 1) return 'more than one host';
  if (seen.host !== undefined && !HOST.test(seen.host)) return 'a host that is none';
  return frameProblem(httpVersion, seen);
}

/** Two readers must not be able to see two different ends of one request. */
function frameProblem(httpVersion: string, seen: Seen): string | undefined {
  if (seen.lengths > 1) return 'more than one content-length';
  if (seen.encodings > 1) return 'more than one transfer-encoding';
  if (seen.lengths > 0 && seen.encodings > 0) return 'both content-length and transfer-encoding';
  if (seen.length !== undefined && !/^\d{1,15}$/.test(seen.length)) return 'an odd content-length';
  if (seen.encoding === undefined) return undefined;
  if (httpVersion !== '1.1') return 'transfer-encoding in HTTP/1.0';
  return seen.encoding.toLowerCase() === 'chunked' ? undefined : 'an odd transfer-encoding';
}

function bodyOf({ length, encoding }: Seen): RequestBody {
  if (encoding !== undefined) return 'chunked';
  return length === undefined || Number(length) === 0 ? 'none' : 'length';
}

/** The path alone. `http://host/path` is taken where the host is the one of the header. */
function originForm({ method, url }: ArrivedRequest, host: string): string | undefined {
  if (PATH.test(url)) return url;
  if (url === '*' && method === 'OPTIONS') return url;
  const prefix = `http://${host}/`;
  if (url.slice(0, prefix.length).toLowerCase() !== prefix.toLowerCase()) return undefined;
  const rest = url.slice(prefix.length - 1);
  return PATH.test(rest) ? rest : undefined;
}
