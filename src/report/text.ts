/** Text for people with colours that can be off. What needs none stands in `wording.ts`: loading colour takes time. */

import { Chalk, type ChalkInstance } from 'chalk';

export { durationText, fit, harmless, plural, withoutCommands, wrap } from './wording.ts';

export interface Style {
  readonly paint: ChalkInstance;
  readonly columns: number;
  /** `✔ ✖ ? – !`, or plain letters where the terminal cannot show them. */
  readonly marks: Marks;
  /** Whether the terminal shows more than letters: bars, for one. */
  readonly unicode: boolean;
}

export interface Marks {
  readonly good: string;
  readonly bad: string;
  readonly warn: string;
  readonly unknown: string;
  readonly none: string;
}

const SYMBOLS: Marks = { good: '✔', bad: '✖', warn: '!', unknown: '?', none: '–' };
const LETTERS: Marks = { good: 'ok', bad: 'X', warn: '!', unknown: '?', none: '-' };

export interface StyleOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  readonly columns: number;
}

export function styleFor({ env, isTerminal, columns }: StyleOptions): Style {
  const wants = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const refuses = Boolean(env['NO_COLOR']) || env['TERM'] === 'dumb';
  const colour = wants || (isTerminal && !refuses);
  const locale = env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? '';
  const unicode = !/^(C|POSIX)$/.test(locale) && env['TERM'] !== 'linux';
  return {
    paint: new Chalk({ level: colour ? 1 : 0 }),
    columns: Math.min(Math.max(columns, 40), 120),
    marks: unicode ? SYMBOLS : LETTERS,
    unicode,
  };
}
