/** The moving line on a terminal, and its absence everywhere else. */

import ora, { type Ora } from 'ora';
import type { Live } from './pretty.ts';

export const stillness: Live = { show: () => undefined, clear: () => undefined, isStill: true };

export function spinner(stream: NodeJS.WriteStream): Live {
  let moving: Ora | undefined;
  return {
    show(text) {
      moving ??= ora({ stream, discardStdin: false, hideCursor: true });
      moving.text = text;
      if (!moving.isSpinning) moving.start();
    },
    clear() {
      moving?.stop();
    },
  };
}
