/**
 * One request on its way through: up to an instance, and its answer back.
 *
 *   start ─▶ sent ─▶ answered ─▶ over
 *     ▲        │ the connection had rested too long, or nobody took it: once more, elsewhere
 *     └────────┘
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAllowedTrailer } from './hop-by-hop.ts';
import type { SplitterLimits } from './limits.ts';
import type { RequestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import type { ResponseSink } from './response-reader.ts';
import type { Route } from './route.ts';
import { joinSockets } from './tunnel.ts';
import { FRESH_REST_MS, type Connection, type ConnectionUser, type Upstream } from './upstream.ts';

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
/** So many instances are asked when none takes the connection. */
const MOST_TRIED = 3;
const SMALL_BYTES = 16 * 1024;

export interface ExchangeOptions {
  readonly limits: SplitterLimits;
  /** Told once, when nothing of it is left. */
  readonly onOver: (exchange: Exchange) => void;
  /** The client waits for a word before it sends its body. */
  readonly expects: boolean;
  readonly isUpgrade: boolean;
}

export class Exchange implements ResponseSink, ConnectionUser {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #head: RequestHead;
  readonly #route: Route;
  readonly #options: ExchangeOptions;
  readonly #startedAt = performance.now();
  #activeAt = this.#startedAt;
  #upstream: Upstream | undefined;
  #connection: Connection | undefined;
  readonly #tried: Upstream[] = [];
  #isSecondTry = false;
  #isSending = false;
  #isSent: boolean;
  #isBodyPaused = false;
  #isAnswered = false;
  #status = 0;
  #hasWritten = false;
  #isEnded = false;
  #isTunnel = false;
  #isOver = false;
  #stalledAt: number | undefined;
  #continueTimer: NodeJS.Timeout | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    head: RequestHead,
    route: Route,
    options: ExchangeOptions,
  ) {
    this.#request = request;
    this.#response = response;
    this.#head = head;
    this.#route = route;
    this.#options = options;
    this.#isSent = head.body === 'none';
  }

  start(): void {
    this.#response.on('close', () => this.onClientGone());
    this.#toNextInstance();
  }

  /** Nothing but the way through it ends: the client has left. */
  onClientGone(): void {
    if (this.#isOver) return;
    this.#connection?.destroy();
    const ms = performance.now() - this.#startedAt;
    const says = this.#isAnswered || ms >= this.#options.limits.patienceMs;
    if (says && !this.#isTunnel) this.#count(!this.#isAnswered);
    this.#finish();
  }

  /** The splitter goes away, and this with it. */
  abandon(): void {
    this.#connection?.destroy();
    this.#request.socket.destroy();
    this.onClientGone();
  }

  /** Ends what takes too long; `now` on the monotonic clock. */
  sweep(now: number): void {
    if (this.#isTunnel) return;
    const { limits } = this.#options;
    const waitedMs = now - this.#activeAt;
    if (this.#stalledAt !== undefined && now - this.#stalledAt > limits.stalledMs) {
      this.#response.destroy();
    } else if (this.#isAnswered) return;
    else if (this.#connection?.isConnected === false && waitedMs > limits.connectMs) {
      this.#giveUp(504, 'the instance could not be reached in time');
    } else if (this.#isSent && waitedMs > limits.answerMs) {
      this.#giveUp(504, 'the instance did not answer in time');
    } else if (this.#isSending && !this.#isSent && waitedMs > limits.bodyIdleMs) {
      if (this.#isBodyPaused) this.#giveUp(504, 'the instance does not read the request');
      else this.#giveUp(408, 'the rest of the request did not come in time');
    }
  }

  #toNextInstance(): void {
    const upstream = this.#route.pick(this.#tried);
    if (upstream === undefined || this.#tried.length >= MOST_TRIED) {
      const isNone = this.#tried.length === 0;
      if (isNone) this.#giveUp(503, 'no healthy instance');
      else this.#giveUp(502, 'no instance takes the connection');
      return;
    }
    this.#tried.push(upstream);
    this.#leaveUpstream();
    this.#upstream = upstream;
    upstream.open += 1;
    this.#connect(this.#options.isUpgrade);
  }

  #connect(isNew: boolean): void {
    const { body, text } = this.#head;
    const mostRestMs = body === 'none' && this.#isIdempotent() ? Infinity : FRESH_REST_MS;
    const connection = this.#upstream!.take(this, mostRestMs, isNew);
    this.#connection = connection;
    connection.reader.expect(this.#request.method!, this, this.#options.isUpgrade);
    connection.socket.write(text, 'latin1');
    if (connection.isConnected) this.onConnect();
  }

  onConnect(): void {
    this.#activeAt = performance.now();
    if (this.#isSent) return;
    if (!this.#options.expects) this.#sendBody();
    else this.#continueTimer = setTimeout(() => this.#allowBody(), this.#options.limits.continueMs);
  }

  onInterim(status: number): void {
    if (status === 100 && this.#options.expects) this.#allowBody();
  }

  #allowBody(): void {
    clearTimeout(this.#continueTimer);
    if (this.#isSending || this.#isAnswered || this.#isOver) return;
    this.#response.writeContinue();
    this.#sendBody();
  }

  #sendBody(): void {
    this.#isSending = true;
    const request = this.#request;
    request.on('data', (bytes: Buffer) => this.#sendPiece(bytes));
    request.on('end', () => this.#endBody());
  }

  #sendPiece(bytes: Buffer): void {
    const socket = this.#connection?.socket;
    if (this.#isOver || socket === undefined || socket.destroyed) return;
    this.#activeAt = performance.now();
    let isRoom: boolean;
    if (this.#head.body === 'chunked') {
      socket.cork();
      socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1');
      socket.write(bytes);
      isRoom = socket.write('\r\n', 'latin1');
      socket.uncork();
    } else isRoom = socket.write(bytes);
    if (isRoom) return;
    this.#isBodyPaused = true;
    this.#request.pause();
  }

  onDrain(): void {
    if (!this.#isBodyPaused) return;
    this.#isBodyPaused = false;
    this.#activeAt = performance.now();
    this.#request.resume();
  }

  #endBody(): void {
    if (this.#isOver) return;
    this.#isSent = true;
    this.#activeAt = performance.now();
    if (this.#head.body === 'chunked')
      this.#connection?.socket.write(`0\r\n${trailerLines(this.#request)}\r\n`, 'latin1');
  }

  onHead(head: ResponseHead): void {
    this.#isAnswered = true;
    this.#status = head.status;
    clearTimeout(this.#continueTimer);
    const response = this.#response;
    // What the client was never asked to send may come or not: nobody can tell where the next request begins.
    if (this.#options.expects && !this.#isSending) response.shouldKeepAlive = false;
    response.writeHead(head.status, head.reason, head.headers);
  }

  /** The head goes out with the first piece of the body where both are there, else alone. */
  onPause(): void {
    if (!this.#isAnswered || this.#hasWritten || this.#isOver) return;
    this.#hasWritten = true;
    this.#response.flushHeaders();
  }

  onBody(bytes: Buffer, isLast: boolean): void {
    if (this.#isOver) return;
    const isWhole = isLast && !this.#hasWritten;
    this.#hasWritten = true;
    const response = this.#response;
    if (isLast) {
      this.#isEnded = true;
      // As text it goes out with the head in one piece, which costs half of two.
      if (isWhole && bytes.length <= SMALL_BYTES) response.end(bytes.toString('latin1'), 'latin1');
      else response.end(bytes);
    } else if (!response.write(bytes) && this.#stalledAt === undefined) {
      const socket = this.#connection?.socket;
      socket?.pause();
      this.#stalledAt = performance.now();
      response.once('drain', () => {
        this.#stalledAt = undefined;
        socket?.resume();
      });
    }
  }

  onEnd(trailers: readonly string[]): void {
    if (this.#isOver) return;
    const allowed = pairs(trailers).filter(([name]) => isAllowedTrailer(name.toLowerCase()));
    if (allowed.length > 0) this.#response.addTrailers(allowed);
    if (!this.#isEnded) this.#response.end();
    if (this.#isSent) this.#connection?.release();
    else this.#connection?.destroy(); // the instance knows enough; the rest of the request goes nowhere
    this.#count(this.#status >= 500, this.#status);
    this.#finish();
  }

  onTunnel(head: string, bytes: Buffer): void {
    const upstream = this.#connection!.detach();
    const { socket } = this.#request;
    this.#response.detachSocket(socket);
    this.#isTunnel = true;
    this.#count(false);
    socket.write(`${head}\r\n\r\n`, 'latin1');
    if (bytes.length > 0) socket.write(bytes);
    joinSockets(socket, upstream, () => this.#finish());
  }

  onBad(why: string): void {
    this.#giveUp(502, `the instance answered ${why}`);
  }

  onLost(code: string | undefined): void {
    if (this.#isOver) return;
    const connection = this.#connection!;
    const isUntouched = !this.#isAnswered && !this.#isSending;
    if (isUntouched && !connection.isConnected) this.#toNextInstance();
    else if (isUntouched && this.#mayRepeat(connection)) {
      this.#isSecondTry = true;
      this.#connect(true);
    } else this.#giveUp(502, `the connection to the instance ended: ${code ?? 'closed'}`);
  }

  /** It had rested and was closed just then: the instance has most likely never seen the request. */
  #mayRepeat({ isReused, reader }: Connection): boolean {
    return isReused && !reader.hasBegun && this.#isIdempotent() && !this.#isSecondTry;
  }

  #isIdempotent(): boolean {
    return IDEMPOTENT.has(this.#request.method!);
  }

  /** The client gets to see it where it has not seen anything yet; otherwise its connection is cut. */
  #giveUp(status: number, why: string): void {
    if (this.#isOver) return;
    this.#connection?.destroy();
    this.#count(status !== 408, status);
    this.#finish();
    const response = this.#response;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (!this.#isSent) response.shouldKeepAlive = false;
    respond(response, status, why);
  }

  #count(isError: boolean, status?: number): void {
    this.#route.counter.count(performance.now() - this.#startedAt, isError, status);
  }

  #leaveUpstream(): void {
    if (this.#upstream !== undefined) this.#upstream.open -= 1;
    this.#upstream = undefined;
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // What still comes of the body goes nowhere, but the next request stands behind it.
    if (this.#isBodyPaused) this.#request.resume();
    clearTimeout(this.#continueTimer);
    this.#leaveUpstream();
    this.#options.onOver(this);
  }
}

/** An answer of the splitter's own. */
export function respond(response: ServerResponse, status: number, why: string): void {
  const text = `nemesis: ${why}\n`;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function trailerLines({ rawTrailers }: IncomingMessage): string {
  return pairs(rawTrailers)
    .filter(([name]) => isAllowedTrailer(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

function pairs(flat: readonly string[]): [name: string, value: string][] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) found.push([flat[at]!, flat[at + 1]!]);
  return found;
}
