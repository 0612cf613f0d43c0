/** Two sockets that speak to each other until one of them ends; whoever stops reading stops the other one's writing. */

import type { Duplex } from 'node:stream';

export function joinSockets(one: Duplex, other: Duplex, onEnded: () => void): void {
  let isEnded = false;
  const end = (): void => {
    one.destroy();
    other.destroy();
    if (!isEnded) onEnded();
    isEnded = true;
  };
  for (const socket of [one, other]) {
    socket.on('error', end);
    socket.on('close', end);
  }
  one.pipe(other);
  other.pipe(one);
}
