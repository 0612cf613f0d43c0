/** Takes a chunked body apart (RFC 9112, 7.1). Strict: no bare line feeds, no signs, no spaces, bounded lines. */

import { BadResponse, splitField } from './response-head.ts';

const CR = 13;
const LF = 10;
/** Size, extensions; a trailer section as a whole. */
const LONGEST_LINE = 1024;
const LONGEST_TRAILERS = 16 * 1024;

export interface ChunkSink {
  onData(bytes: Buffer): void;
  /** Name, value, name, value. */
  onEnd(trailers: string[]): void;
}

export class ChunkedBody {
  readonly #sink: ChunkSink;
  /** `data`: of a chunk; `after`: the line end behind it. */
  #state: 'size' | 'data' | 'after' | 'trailers' | 'done' = 'size';
  #left = 0;
  #line = '';
  #trailers: string[] = [];
  #trailerBytes = 0;

  constructor(sink: ChunkSink) {
    this.#sink = sink;
  }

  /**
   * Gives how many bytes were used; fewer than all only at the end of the body.
   * @throws BadResponse
   */
  feed(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'data') at = this.#takeData(bytes, at);
      else at = this.#takeLine(bytes, at);
    }
    return at;
  }

  #takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#state = 'after';
    this.#sink.onData(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    return end;
  }

  #takeLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(LF, at);
    const end = feed < 0 ? bytes.length : feed;
    if (this.#line.length + end - at > LONGEST_LINE) throw new BadResponse('a chunk line too long');
    this.#line += bytes.toString('latin1', at, end);
    if (feed < 0) return end;
    if (this.#line.charCodeAt(this.#line.length - 1) !== CR)
      throw new BadResponse('a bare line feed in a chunked body');
    const line = this.#line.slice(0, -1);
    this.#line = '';
    this.#endLine(line);
    return feed + 1;
  }

  #endLine(line: string): void {
    switch (this.#state) {
      case 'size': {
        const size = /^([\da-fA-F]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line)?.[1];
        if (size === undefined) throw new BadResponse('a chunk size that is none');
        this.#left = parseInt(size, 16);
        this.#state = this.#left === 0 ? 'trailers' : 'data';
        return;
      }
      case 'after':
        if (line !== '') throw new BadResponse('a chunk longer than it says');
        this.#state = 'size';
        return;
      case 'trailers':
        this.#endTrailer(line);
        return;
      case 'data':
      case 'done':
    }
  }

  #endTrailer(line: string): void {
    if (line === '') {
      this.#state = 'done';
      this.#sink.onEnd(this.#trailers);
      return;
    }
    this.#trailerBytes += line.length;
    if (this.#trailerBytes > LONGEST_TRAILERS) throw new BadResponse('trailers too long');
    this.#trailers.push(...splitField(line));
  }
}
