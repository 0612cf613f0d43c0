/**
 * Secrets that were written down as base64, hex or percent signs, where only what they decode to says what they are.
 * A run of such letters is taken out as a whole when something in it is a secret.
 */

import { REDACTED } from './secret-shapes.ts';

/** Shorter ones hold no secret of a known form. */
const SHORTEST_RUN = 20;
/** Programs that break base64 into lines make them this long at least. */
const SHORTEST_LINE = 60;
/** What says that a secret follows may stand before the first sign. */
const LONGEST_NAME = 60;
const PERCENT = /(?:%[0-9A-Fa-f]{2}[\w.~!*'()-]{0,4000}){1,2000}/g;

/** @param isSecret of the text a run stands for */
export function withoutEncoded(text: string, isSecret: (decoded: string) => boolean): string {
  const plain = text.replace(PERCENT, (run, at: number) => {
    const name = /[\w.-]*$/.exec(text.slice(Math.max(0, at - LONGEST_NAME), at))?.[0] ?? '';
    return isSecret(`${name}${fromPercent(run)}`) ? REDACTED : run;
  });
  let kept = '';
  let done = 0;
  for (const run of runsOf(plain)) {
    const from = run.from + escapedAt(plain, run.from);
    const { to } = run;
    if (!holdsSecret(plain.slice(from, to), isSecret)) continue;
    kept += `${plain.slice(done, from)}${REDACTED}`;
    done = to;
  }
  return kept + plain.slice(done);
}

function fromPercent(run: string): string {
  return run.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** Where a run of the shortest length begins; the search for it is the engine's own, which is quick from the first letter on. */
const START = new RegExp(`[\\w+/-]{${SHORTEST_RUN}}`, 'g');

/** Letters of base64, both alphabets, over line breaks as well. How far one goes no pattern can tell: it would have to have an end. */
function* runsOf(text: string): Generator<Run> {
  let from: number;
  for (let to = 0; (from = startAfter(text, to)) !== -1;) {
    to = endOf(text, from);
    yield { from, to };
  }
}

function startAfter(text: string, at: number): number {
  START.lastIndex = at;
  return START.exec(text)?.index ?? -1;
}

function endOf(text: string, from: number): number {
  let line = from;
  for (let at = from; ; at++) {
    if (isLetter(text.charCodeAt(at))) continue;
    const skipped = at - line >= SHORTEST_LINE ? lineBreakAt(text, at) : 0;
    if (skipped === 0) return at;
    at += skipped - 1;
    line = at + 1;
  }
}

function isLetter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 57) || // the slash comes before the digits
    code === 43 ||
    code === 45 ||
    code === 95
  );
}

/** How many letters it takes, as it is or as JSON and XML write it. */
function lineBreakAt(text: string, at: number): number {
  const found = /^(?:\r?\n|(?:\\r)?\\n|(?:&#(?:13|xD);)?&#(?:10|xA);)/.exec(
    text.slice(at, at + 10),
  );
  return found?.[0].length ?? 0;
}

/** In JSON text the run may begin with the letter of an escape, which stays. */
function escapedAt(text: string, from: number): number {
  let signs = 0;
  while (signs < from && text[from - 1 - signs] === '\\') signs++;
  if (signs % 2 === 0) return 0;
  return text[from] === 'u' ? 5 : 1;
}

/** Whatever is a secret is a stretch of letters; most of what is decoded here never was a text. */
const READABLE = /[\t\n\r\x20-\x7e]{16}/;

function holdsSecret(run: string, isSecret: (decoded: string) => boolean): boolean {
  const letters = run.replace(/\r|\n|\\[rn]|&#\w+;/g, '');
  const read = (text: string, offset: number, encoding: 'base64' | 'hex') => {
    const decoded = Buffer.from(text.slice(offset), encoding).toString('latin1');
    return READABLE.test(decoded) && isSecret(decoded);
  };
  if ([0, 1, 2, 3].some((offset) => read(letters, offset, 'base64'))) return true;
  const inHex = letters.match(/[0-9A-Fa-f]{40,20000}/g) ?? [];
  return inHex.some((hex) => read(hex, 0, 'hex') || read(hex, 1, 'hex'));
}
