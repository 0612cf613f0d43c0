/** Reads the head of an answer. An instance is no more trusted than a client: what two readers could read in two ways is bad. */

import { isHopByHop, namedHops } from './hop-by-hop.ts';

export type BodyFrame =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** Until the connection ends. */
  | { readonly kind: 'rest' };

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value; without what belongs to the connection. */
  readonly headers: string[];
  readonly frame: BodyFrame;
  /** May the connection be used again? */
  readonly staysOpen: boolean;
  /** How long it may rest before, in ms, where the instance says so. */
  readonly restMs: number | undefined;
}

/** A head that cannot be told; the connection is of no use any more. */
export class BadResponse extends Error {}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * `text`: latin1, without the empty line at the end. `method`: of the request that is answered.
 * @throws BadResponse
 */
export function readResponseHead(text: string, method: string): ResponseHead {
  const lines = text.split('\r\n');
  const line = STATUS_LINE.exec(lines[0]!);
  if (line === null) throw new BadResponse('a status line that is none');
  const [, minor, code, reason = ''] = line;
  const status = Number(code);
  const fields = fieldsOf(lines);
  refuseOddFrame(fields, minor!);
  const { headers, length, connection, rest } = fields;
  const frame = frameOf(status, method, fields);
  // Of a HEAD, 304 and such the length says what a GET would have given.
  if (length !== undefined && status !== 204) headers.push('Content-Length', length);
  return {
    status,
    reason,
    headers: withoutNamed(headers, connection),
    frame,
    staysOpen: frame.kind !== 'rest' && isPersistent(minor!, connection),
    restMs: rest === undefined ? undefined : restMsOf(rest),
  };
}

interface Fields {
  readonly headers: string[];
  length: string | undefined;
  encoding: string | undefined;
  connection: string;
  /** Of `keep-alive`. */
  rest: string | undefined;
}

function fieldsOf(lines: readonly string[]): Fields {
  const fields: Fields = {
    headers: [],
    length: undefined,
    encoding: undefined,
    connection: '',
    rest: undefined,
  };
  for (let at = 1; at < lines.length; at += 1) {
    const [name, value] = splitField(lines[at]!);
    takeField(fields, name, value);
  }
  return fields;
}

function takeField(fields: Fields, name: string, value: string): void {
  const lower = name.toLowerCase();
  switch (lower) {
    case 'content-length':
      if (fields.length !== undefined) throw new BadResponse('more than one content-length');
      fields.length = value;
      return;
    case 'transfer-encoding':
      if (fields.encoding !== undefined) throw new BadResponse('more than one transfer-encoding');
      fields.encoding = value.toLowerCase();
      return;
    case 'connection':
      fields.connection = fields.connection === '' ? value : `${fields.connection},${value}`;
      return;
    case 'keep-alive':
      fields.rest = value;
      return;
  }
  if (!isHopByHop(lower)) fields.headers.push(name, value);
}

function refuseOddFrame({ length, encoding }: Fields, minor: string): void {
  if (length !== undefined && !/^\d{1,15}$/.test(length))
    throw new BadResponse('an odd content-length');
  if (encoding === undefined) return;
  if (length !== undefined || encoding !== 'chunked' || minor === '0')
    throw new BadResponse('a transfer-encoding that does not stand alone as chunked');
}

/** @throws BadResponse */
export function splitField(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  if (!NAME.test(name)) throw new BadResponse('a header without a name');
  const value = line.slice(colon + 1).trim();
  if (CONTROL.test(value)) throw new BadResponse('a control character in a header');
  return [name, value];
}

function frameOf(status: number, method: string, { length, encoding }: Fields): BodyFrame {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304)
    return { kind: 'none' };
  if (encoding !== undefined) return { kind: 'chunked' };
  if (length === undefined) return { kind: 'rest' };
  return length === '0' ? { kind: 'none' } : { kind: 'length', bytes: Number(length) };
}

function isPersistent(minor: string, connection: string): boolean {
  if (connection === '') return minor === '1';
  const words = connection.toLowerCase().split(/[\s,]+/);
  return minor === '1' ? !words.includes('close') : words.includes('keep-alive');
}

function withoutNamed(headers: string[], connection: string): string[] {
  const named = namedHops(connection);
  if (named.length === 0) return headers;
  return headers.filter((_, at) => !named.includes(headers[at - (at % 2)]!.toLowerCase()));
}

function restMsOf(keepAlive: string): number | undefined {
  const seconds = /(?:^|[\s,;])timeout=(\d{1,6})/i.exec(keepAlive)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
