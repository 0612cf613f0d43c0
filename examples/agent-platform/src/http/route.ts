import type { IncomingHttpHeaders } from 'node:http';

/** A request as handlers see it: no sockets, so that a handler can be called by a test. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly caller: Caller;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** Reads and parses the body; throws `ServiceError` when it is too large or not JSON. */
  body(): Promise<unknown>;
}

export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly name: string; readonly sessionId: string }
  | { readonly kind: 'service'; readonly name: string };

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

export type Reply =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'text'; readonly status: number; readonly type: string; readonly text: string }
  | { readonly kind: 'events'; readonly events: AsyncIterable<ServerEvent> }
  | { readonly kind: 'empty' };

export interface Route {
  readonly method: 'GET' | 'POST';
  /** A pattern such as `/agents/:id`; it is also the metric label. */
  readonly path: string;
  readonly about: string;
  readonly access: 'public' | 'signed-in';
  /** Steered by latency and error shares; off for the routes a monitor reads. */
  readonly isSteered: boolean;
  readonly handle: (request: Request) => Reply | Promise<Reply>;
}

/** A JSON reply, 200 if nothing else is said. */
export function json(body: unknown, status = 200): Reply {
  return { kind: 'json', status, body };
}

/** A reply without a body. */
export const NO_CONTENT: Reply = { kind: 'empty' };
