/**
 * Asks the daemon one thing. Needs nothing but `node:net`, so that an emergency loads nothing else: what comes back is
 * JSON that nobody has looked at yet.
 */

import net from 'node:net';

export type Asked =
  | { readonly kind: 'answered'; readonly answer: unknown }
  /** No daemon: the question was not heard. `code`: `ENOENT`, `ECONNREFUSED`. */
  | { readonly kind: 'nobody'; readonly code: string }
  /** The question went out, and no answer came; it may have been acted on. */
  | { readonly kind: 'silent'; readonly why: string }
  | { readonly kind: 'garbled' }
  | { readonly kind: 'aborted' };

const LONGEST_ANSWER = 16 * 1024 * 1024;

/** `socketPath`: see `socketPathIn`. `question`: a `ControlRequest`. */
export function ask(
  socketPath: string,
  question: unknown,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Asked> {
  return new Promise((resolve) => {
    let text = '';
    let isSent = false;
    const socket = net.connect(socketPath);
    const done = (asked: Asked): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(asked);
    };
    const onAbort = (): void => done({ kind: 'aborted' });
    const lost = (why: string): void =>
      done(isSent ? { kind: 'silent', why } : { kind: 'nobody', code: why });
    const timer = setTimeout(() => lost('ETIMEDOUT'), timeoutMs);
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      isSent = true;
      socket.write(`${JSON.stringify(question)}\n`);
    });
    socket.on('data', (piece: string) => {
      text += piece;
      if (text.endsWith('\n')) done(read(text));
      else if (text.length > LONGEST_ANSWER) done({ kind: 'garbled' });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? error.message));
    socket.on('close', () => lost('closed'));
  });
}

function read(text: string): Asked {
  try {
    return { kind: 'answered', answer: JSON.parse(text) };
  } catch {
    return { kind: 'garbled' };
  }
}
