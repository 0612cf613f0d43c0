/**
 * The part of RESP2 a client and a small server need.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export type RespValue = string | number | null | RespError | readonly RespValue[];

/** An error reply; a value, because it answers one command and leaves the connection usable. */
export class RespError extends Error {}

/** A command as clients send it: an array of bulk strings. */
export function encodeCommand(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map(bulk).join('')}`;
}

/** A reply as servers send it; texts go out as bulk strings. */
export function encodeReply(value: RespValue): string {
  if (value === null) return '$-1\r\n';
  if (typeof value === 'number') return `:${value}\r\n`;
  if (typeof value === 'string') return bulk(value);
  if (value instanceof RespError) return `-${value.message}\r\n`;
  return `*${value.length}\r\n${value.map(encodeReply).join('')}`;
}

/** Collects bytes and hands out the values that are complete. */
export class RespDecoder {
  #buffer = Buffer.alloc(0);

  /** Adds bytes and returns every value they completed; throws on bytes that are no RESP. */
  push(chunk: Buffer): RespValue[] {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    const values: RespValue[] = [];
    let start = 0;
    for (;;) {
      const read = readValue(this.#buffer, start);
      if (read === undefined) break;
      values.push(read.value);
      start = read.end;
    }
    this.#buffer = this.#buffer.subarray(start);
    return values;
  }
}

interface Read {
  readonly value: RespValue;
  readonly end: number;
}

function readValue(buffer: Buffer, start: number): Read | undefined {
  const lineEnd = buffer.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const line = buffer.toString('utf8', start + 1, lineEnd);
  const next = lineEnd + 2;
  switch (String.fromCharCode(buffer[start] ?? 0)) {
    case '+':
      return { value: line, end: next };
    case '-':
      return { value: new RespError(line), end: next };
    case ':':
      return { value: Number(line), end: next };
    case '$':
      return readBulk(buffer, next, Number(line));
    case '*':
      return readArray(buffer, next, Number(line));
    default:
      throw new Error('the other side does not speak the redis protocol');
  }
}

function readBulk(buffer: Buffer, start: number, length: number): Read | undefined {
  if (length < 0) return { value: null, end: start };
  const end = start + length + 2;
  if (buffer.length < end) return undefined;
  return { value: buffer.toString('utf8', start, start + length), end };
}

function readArray(buffer: Buffer, start: number, length: number): Read | undefined {
  if (length < 0) return { value: null, end: start };
  const values: RespValue[] = [];
  let end = start;
  while (values.length < length) {
    const read = readValue(buffer, end);
    if (read === undefined) return undefined;
    values.push(read.value);
    end = read.end;
  }
  return { value: values, end };
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}
