/** The port of every reporter: it listens to events and writes to the streams it was given. */

import type { Event } from '../event.ts';
import type { Style } from './text.ts';

export interface Reporter {
  on(event: Event): void;
  /** Takes whatever moves off the screen; called on every way out. */
  close(): void;
}

export interface Streams {
  /** Results. */
  out(text: string): void;
  /** Progress and complaints. */
  err(text: string): void;
  readonly style: Style;
}
