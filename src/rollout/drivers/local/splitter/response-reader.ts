/** Cuts the bytes of one upstream connection into answers, and tells a sink of each part as it comes. */

import { ChunkedBody, type ChunkSink } from './chunked-body.ts';
import { BadResponse, readResponseHead, type ResponseHead } from './response-head.ts';

export interface ResponseSink {
  /** 100 to 199. After 101 the connection speaks something else, and `onTunnel` gets the rest. */
  onInterim(status: number): void;
  onHead(head: ResponseHead): void;
  /** `isLast` where that is known already. */
  onBody(bytes: Buffer, isLast: boolean): void;
  /** `trailers`: name, value, name, value. */
  onEnd(trailers: readonly string[]): void;
  /** After an answer of 101: its head as it came, and the first bytes behind it. */
  onTunnel(head: string, bytes: Buffer): void;
  onBad(why: string): void;
}

const LONGEST_HEAD = 64 * 1024;
/** So many answers of 100 to 199 before the real one. */
const MOST_INTERIM = 16;
const HEAD_END = Buffer.from('\r\n\r\n');

export class ResponseReader implements ChunkSink {
  #sink: ResponseSink | undefined;
  #method = '';
  #head: ResponseHead | undefined;
  #pending: Buffer | undefined;
  #left = 0;
  #chunks: ChunkedBody | undefined;
  #interim = 0;
  #takesTunnel = false;
  #isSound = true;

  /** The next answer is to this request. */
  expect(method: string, sink: ResponseSink, takesTunnel: boolean): void {
    this.#sink = sink;
    this.#method = method;
    this.#head = undefined;
    this.#pending = undefined;
    this.#chunks = undefined;
    this.#interim = 0;
    this.#takesTunnel = takesTunnel;
  }

  /** Has any byte of the awaited answer come? */
  get hasBegun(): boolean {
    return this.#head !== undefined || this.#pending !== undefined || this.#interim > 0;
  }

  get restMs(): number | undefined {
    return this.#head?.restMs;
  }

  /** The answer is over, and the same connection can bring another one. */
  get canGoOn(): boolean {
    return this.#sink === undefined && this.#isSound && this.#head?.staysOpen === true;
  }

  feed(bytes: Buffer): void {
    try {
      this.#feed(bytes);
    } catch (error) {
      if (!(error instanceof BadResponse)) throw error;
      this.#isSound = false;
      const sink = this.#sink;
      this.#sink = undefined;
      sink?.onBad(error.message);
    }
  }

  /** The connection ended. Was that the end of the answer, too? */
  end(): boolean {
    if (this.#sink === undefined || this.#head?.frame.kind !== 'rest') return false;
    this.#finish([]);
    return true;
  }

  onData(bytes: Buffer): void {
    this.#sink?.onBody(bytes, false);
  }

  onEnd(trailers: string[]): void {
    this.#finish(trailers);
  }

  #feed(given: Buffer): void {
    let bytes = given;
    while (this.#head === undefined) {
      const rest = this.#takeHead(bytes);
      if (rest === undefined) return;
      bytes = rest;
    }
    if (bytes.length > 0) this.#takeBody(bytes, this.#head);
  }

  /** What stands behind the head; undefined when the head is not complete, or nothing more is to be read. */
  #takeHead(given: Buffer): Buffer | undefined {
    const bytes = this.#pending === undefined ? given : Buffer.concat([this.#pending, given]);
    const end = bytes.indexOf(HEAD_END);
    if ((end < 0 ? bytes.length : end) > LONGEST_HEAD) throw new BadResponse('a head too long');
    if (end < 0) {
      this.#pending = bytes;
      return undefined;
    }
    this.#pending = undefined;
    const text = bytes.toString('latin1', 0, end);
    const rest = bytes.subarray(end + HEAD_END.length);
    const head = readResponseHead(text, this.#method);
    if (head.status < 200) return this.#takeInterim(head, text, rest);
    this.#head = head;
    this.#sink?.onHead(head);
    switch (head.frame.kind) {
      case 'none':
        this.#finish([]);
        break;
      case 'length':
        this.#left = head.frame.bytes;
        break;
      case 'chunked':
        this.#chunks = new ChunkedBody(this);
        break;
      case 'rest':
    }
    return rest;
  }

  #takeInterim(head: ResponseHead, text: string, rest: Buffer): Buffer | undefined {
    if (head.status === 101) {
      if (!this.#takesTunnel) throw new BadResponse('101 that nobody asked for');
      const sink = this.#sink;
      this.#sink = undefined;
      sink?.onTunnel(text, rest);
      return undefined;
    }
    this.#interim += 1;
    if (this.#interim > MOST_INTERIM) throw new BadResponse('too many interim answers');
    this.#sink?.onInterim(head.status);
    return rest;
  }

  #takeBody(bytes: Buffer, head: ResponseHead): void {
    const used = this.#sink === undefined ? 0 : this.#take(bytes, head, this.#sink);
    // Nobody asked for what stands behind the end of an answer: it goes nowhere, and the connection with it.
    if (used < bytes.length) this.#isSound = false;
  }

  /** Gives how many bytes belonged to the answer. */
  #take(bytes: Buffer, head: ResponseHead, sink: ResponseSink): number {
    switch (head.frame.kind) {
      case 'none':
        return 0;
      case 'length': {
        const own = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
        this.#left -= own.length;
        sink.onBody(own, this.#left === 0);
        if (this.#left === 0) this.#finish([]);
        return own.length;
      }
      case 'chunked':
        return this.#chunks?.feed(bytes) ?? 0;
      case 'rest':
        sink.onBody(bytes, false);
        return bytes.length;
    }
  }

  #finish(trailers: readonly string[]): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.onEnd(trailers);
  }
}
