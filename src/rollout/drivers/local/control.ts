/** The daemon's ear: a socket in a folder that only its user can enter, one question and one answer per connection. */

import { chmodSync, rmSync } from 'node:fs';
import net from 'node:net';
import type { DriverFailure } from '../../driver.ts';
import { RequestShape } from './shapes.ts';
import { LONGEST_LINE, type ControlAnswer, type ControlRequest } from './wire.ts';

const MOST_CONNECTIONS = 256;
/** To send a question. */
const QUESTION_MS = 30_000;

export interface Control {
  close(): void;
}

/** `answer` never rejects. Call only while holding the lock: whatever lies at the path is taken for left behind. */
export function listenForControl(
  socketPath: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<Control> {
  rmSync(socketPath, { force: true });
  const server = net.createServer((socket) => converse(socket, answer));
  server.maxConnections = MOST_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o600);
      resolve({ close: () => void server.close() });
    });
  });
}

function converse(
  socket: net.Socket,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): void {
  const pieces: Buffer[] = [];
  let size = 0;
  let isAsked = false;
  const timer = setTimeout(() => socket.destroy(), QUESTION_MS);
  socket.on('error', () => undefined);
  socket.on('close', () => clearTimeout(timer));
  socket.on('data', (bytes: Buffer) => {
    if (isAsked) return;
    pieces.push(bytes);
    size += bytes.length;
    if (size > LONGEST_LINE) socket.destroy();
    if (!bytes.includes(10)) return;
    isAsked = true;
    clearTimeout(timer);
    const reply = (said: ControlAnswer): void => void socket.end(`${JSON.stringify(said)}\n`);
    const request = read(Buffer.concat(pieces).toString('utf8'));
    if (request === undefined) reply({ ok: false, failure: NOT_UNDERSTOOD });
    else void answer(request).then(reply);
  });
}

const NOT_UNDERSTOOD: DriverFailure = {
  kind: 'refused',
  message: 'the daemon does not understand what it was asked; is it of another version of nemesis?',
};

function read(text: string): ControlRequest | undefined {
  try {
    const parsed = RequestShape.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
