/** Options the commands about the past share: names of one line, times that have passed, spans, beginnings of ids. */

import { fail, ok, type Result } from '../failure.ts';
import { textOption, type CommandInput } from './commands/command.ts';
import { usage } from './store-failure.ts';

type Options = CommandInput['options'];

export const LONGEST_NAME = 200;
export const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Text of one line; undefined where the option was not given. */
export function lineOption(
  options: Options,
  name: string,
  longest = LONGEST_NAME,
): Result<string | undefined> {
  const text = textOption(options, name)?.trim();
  if (text === undefined) return ok(undefined);
  if (text === '') return fail(usage(`${flagOf(name)} is empty`, 'give it a value'));
  if (text.length > longest)
    return fail(usage(`${flagOf(name)} is longer than ${longest} characters`, 'shorten it'));
  if (text.search(CONTROL) >= 0)
    return fail(usage(`${flagOf(name)} holds control characters`, 'take them out'));
  return ok(text);
}

export function neededLine(options: Options, name: string): Result<string> {
  const line = lineOption(options, name);
  if (!line.ok) return line;
  if (line.value !== undefined) return ok(line.value);
  return fail(usage(`${flagOf(name)} is missing`, `give it with ${flagOf(name)}`));
}

/** Undefined where no environment was named. */
export function environmentOption(options: Options): Result<string | undefined> {
  const env = lineOption(options, 'env', 64);
  if (!env.ok || env.value === undefined || /^[A-Za-z0-9][\w.-]*$/.test(env.value)) return env;
  const message = `\`${env.value}\` is no name of an environment`;
  return fail(usage(message, 'use letters, digits, `_`, `-` and `.`: --env production'));
}

const DAY = String.raw`(\d{4})-(\d\d)-(\d\d)`;
const ISO = new RegExp(
  `^${DAY}(?:T\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d\\d:?\\d\\d))?$`,
);
/** Two machines' clocks may differ by so much. */
const AHEAD_MS = 300_000;

/** Epoch milliseconds of a time that has passed; undefined where the option was not given. */
export function timeOption(
  options: Options,
  name: string,
  now: number,
): Result<number | undefined> {
  const text = textOption(options, name);
  if (text === undefined) return ok(undefined);
  const at = isoTime(text);
  if (at === undefined) {
    const message = `${flagOf(name)} takes a date with its zone; got ${text.slice(0, 60)}`;
    return fail(usage(message, `write it as 2026-01-31T10:00:00Z`));
  }
  if (at <= now + AHEAD_MS) return ok(at);
  const message = `${flagOf(name)} has not come yet: ${text}`;
  return fail(usage(message, 'give the time at which it happened'));
}

/** Without a zone a time would mean another one on every machine; a date alone begins in UTC. */
export function isoTime(text: string): number | undefined {
  const [whole, year, month, day] = ISO.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const at = Number(day) <= days ? Date.parse(whole) : NaN;
  return Number.isNaN(at) || at < 0 ? undefined : at;
}

const SPANS: Readonly<Record<string, number>> = { m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8 };

/** Milliseconds of `90d`, `12h`, `2w`. */
export function spanOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^([1-9]\d{0,4})([mhdw])$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (SPANS[unit] ?? NaN);
}

/** The one of these ids that is meant: whole, or by a beginning that only one of them has. */
export function meantId(given: string, ids: readonly string[]): string | undefined {
  if (ids.includes(given)) return given;
  const [first, ...more] = given.length < 6 ? [] : ids.filter((id) => id.startsWith(given));
  return more.length === 0 ? first : undefined;
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
