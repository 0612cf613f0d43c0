/** The connections to one instance: those in use, and those that rest until the next request. */

import net from 'node:net';
import { ResponseReader } from './response-reader.ts';

export interface ConnectionUser {
  onConnect(): void;
  /** All that had come has been told. */
  onPause(): void;
  /** What was written has gone out; more can follow. */
  onDrain(): void;
  /** It ended before the answer did. `code`: of the system, `ECONNREFUSED`. */
  onLost(code: string | undefined): void;
}

/** Node's own servers close what has rested for 5 s; a request must not cross with that. */
const REST_MS = 4000;
/** A request that cannot be sent twice goes on a connection that was in use just now. */
export const FRESH_REST_MS = 1000;
const MOST_RESTING = 256;
/** How much earlier than the instance says a connection is given up. */
const REST_MARGIN_MS = 1000;

export class Connection {
  readonly upstream: Upstream;
  readonly socket: net.Socket;
  readonly reader = new ResponseReader();
  user: ConnectionUser | undefined;
  /** Has it carried a request before this one? */
  isReused = false;
  isConnected = false;
  /** When it began to rest, on the monotonic clock; and how long it may. */
  restsSince = 0;
  restMs = REST_MS;
  #code: string | undefined;
  #isFeeding = false;
  #isReleased = false;

  constructor(upstream: Upstream) {
    this.upstream = upstream;
    this.socket = net.connect({ host: '127.0.0.1', port: upstream.port, noDelay: true });
    this.socket.on('connect', () => {
      this.isConnected = true;
      this.user?.onConnect();
    });
    this.socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    this.socket.on('drain', () => this.user?.onDrain());
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.#code = error.code));
    this.socket.on('end', () => this.user && this.reader.end());
    this.socket.on('close', () => {
      upstream.forget(this);
      const { user } = this;
      this.user = undefined;
      user?.onLost(this.#code);
    });
  }

  destroy(): void {
    this.user = undefined;
    this.socket.destroy();
  }

  /** From here on the socket belongs to the caller alone. */
  detach(): net.Socket {
    this.user = undefined;
    for (const name of ['data', 'drain', 'error', 'end', 'close'])
      this.socket.removeAllListeners(name);
    return this.socket;
  }

  /** The exchange is over on both sides. */
  release(): void {
    this.user = undefined;
    this.#isReleased = this.#isFeeding; // what else stands in the same piece decides, too
    if (this.#isFeeding) return;
    if (this.reader.canGoOn && !this.socket.destroyed && this.socket.writable)
      this.upstream.rest(this);
    else this.socket.destroy();
  }

  #onData(bytes: Buffer): void {
    // An instance that speaks without being asked is not to be trusted with the next request.
    if (this.user === undefined) {
      this.socket.destroy();
      return;
    }
    this.#isFeeding = true;
    this.reader.feed(bytes);
    this.#isFeeding = false;
    this.user?.onPause();
    if (!this.#isReleased) return;
    this.#isReleased = false;
    this.release();
  }
}

export class Upstream {
  readonly port: number;
  /** Requests that are not answered yet. */
  open = 0;
  #resting: Connection[] = [];
  #isRetired = false;

  constructor(port: number) {
    this.port = port;
  }

  /** One that has rested no longer than `mostRestMs`, else a new one; `isNew` asks for a new one in any case. */
  take(user: ConnectionUser, mostRestMs: number, isNew = false): Connection {
    const connection = isNew ? undefined : this.#wake(mostRestMs);
    const taken = connection ?? new Connection(this);
    taken.user = user;
    return taken;
  }

  rest(connection: Connection): void {
    if (this.#isRetired || this.#resting.length >= MOST_RESTING) {
      connection.socket.destroy();
      return;
    }
    connection.isReused = true;
    connection.restsSince = performance.now();
    const { restMs } = connection.reader;
    connection.restMs =
      restMs === undefined ? REST_MS : Math.max(0, Math.min(restMs - REST_MARGIN_MS, 60_000));
    this.#resting.push(connection);
  }

  forget(connection: Connection): void {
    const at = this.#resting.indexOf(connection);
    if (at >= 0) this.#resting.splice(at, 1);
  }

  /** Ends what has rested too long. */
  sweep(now: number): void {
    const old = this.#resting.filter(({ restsSince, restMs }) => now - restsSince > restMs);
    for (const connection of old) connection.socket.destroy();
  }

  /** No request will come any more: what rests ends now, what is in use when its answer is there. */
  retire(): void {
    this.#isRetired = true;
    for (const connection of [...this.#resting]) connection.socket.destroy();
    this.#resting = [];
  }

  /** Requests come again. */
  revive(): void {
    this.#isRetired = false;
  }

  #wake(mostRestMs: number): Connection | undefined {
    const now = performance.now();
    for (;;) {
      const last = this.#resting.at(-1);
      if (last === undefined) return undefined;
      const restedMs = now - last.restsSince;
      if (restedMs > mostRestMs) return undefined; // the ones before it rest even longer
      this.#resting.pop();
      if (restedMs <= last.restMs && last.socket.writable) return last;
      last.socket.destroy();
    }
  }
}
