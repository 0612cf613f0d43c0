/** Numbers fused with their units: `5%`, `100 req/min`, `1h30m`; and versions such as `3.11.2`. */

import type { Token } from './token.ts';
import { badToken } from './token.ts';
import { isLongerTime, literalText, toBase, unitHint, unitNamed } from './units.ts';

const DIGITS = /\d+(?:\.\d+)*/y;
const UNIT = /(\s*)(%|req\s*\/\s*[A-Za-z]+|[A-Za-z_µμ]+)/y;
const OPERATOR_WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not']);

/** The token that starts with the digit at `offset`. */
export function lexNumber(source: string, offset: number): Token {
  const digits = match(DIGITS, source, offset)?.[0] ?? '';
  if (digits.split('.').length > 2) return lexVersion(source, offset, digits);
  const unit = lexUnit(source, offset + digits.length);
  if (unit === undefined) return numberToken(source, offset, digits.length, digits, '');
  if (unitNamed(unit.name) === undefined) return unknownUnit(source, unit, digits);
  if (unitNamed(unit.name)?.dimension === 'time' && isDigit(source[unit.end])) {
    return lexDuration(source, offset, digits, unit);
  }
  return numberToken(source, offset, unit.end - offset, digits, unit.name);
}

export function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

interface FoundUnit {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function lexUnit(source: string, at: number): FoundUnit | undefined {
  const found = match(UNIT, source, at);
  if (found === undefined) return undefined;
  const [whole, space = '', raw = ''] = found;
  if (OPERATOR_WORDS.has(raw)) return undefined;
  return { name: raw.replace(/\s+/g, ''), start: at + space.length, end: at + whole.length };
}

function numberToken(
  source: string,
  offset: number,
  length: number,
  digits: string,
  unit: string,
): Token {
  const value = toBase(digits, unit);
  if (!Number.isFinite(value)) return badToken(source, offset, length, 'this number is too large');
  const dimension = unitNamed(unit)?.dimension ?? 'number';
  return {
    kind: 'number',
    text: literalText(digits, unit),
    value,
    dimension,
    unit,
    offset,
    length,
  };
}

function unknownUnit(source: string, unit: FoundUnit, digits: string): Token {
  const length = unit.end - unit.start;
  const message = `unknown unit \`${unit.name}\``;
  const isExponent = /^e$/i.test(unit.name) && /[\d+-]/.test(source[unit.end] ?? '');
  const hint = isExponent
    ? 'write the number out, without an exponent'
    : unitHint(unit.name).replace(/^write `(.+)`$/, (_, name: string) => {
        return `write \`${literalText(digits, name)}\``;
      });
  return badToken(source, unit.start, length, message, hint);
}

/** `1h30m`: more than one part, without spaces, from large to small. */
function lexDuration(source: string, offset: number, digits: string, first: FoundUnit): Token {
  let total = toBase(digits, first.name);
  let unit = first;
  while (isDigit(source[unit.end])) {
    const partDigits = match(DIGITS, source, unit.end)?.[0] ?? '';
    const next = lexUnit(source, unit.end + partDigits.length);
    const end = next?.end ?? unit.end + partDigits.length;
    if (next === undefined || partDigits.split('.').length > 2) {
      const message = `the last part of \`${source.slice(offset, end)}\` has no unit`;
      return badToken(source, unit.end, end - unit.end, message, 'write a duration like `1h30m`');
    }
    const row = unitNamed(next.name);
    if (row === undefined) return unknownUnit(source, next, partDigits);
    if (row.dimension !== 'time' || !isLongerTime(unit.name, next.name)) {
      const message = `\`${next.name}\` cannot follow \`${unit.name}\` in a duration`;
      return badToken(source, next.start, next.end - next.start, message, 'go from large to small');
    }
    total += toBase(partDigits, next.name);
    unit = next;
  }
  const length = unit.end - offset;
  if (!Number.isFinite(total)) return badToken(source, offset, length, 'this number is too large');
  const text = source.slice(offset, unit.end).replace(/\s+/g, '');
  return {
    kind: 'number',
    text,
    value: total,
    dimension: 'time',
    unit: first.name,
    offset,
    length,
  };
}

function lexVersion(source: string, offset: number, digits: string): Token {
  const rest = /[A-Za-z0-9_.+-]*/y;
  const tail = /^[A-Za-z_]|^[-+]\w/.test(source.slice(offset + digits.length))
    ? (match(rest, source, offset + digits.length)?.[0] ?? '')
    : '';
  if (tail !== '') {
    const whole = digits + tail;
    const hint = `write "${whole}"`;
    return badToken(source, offset, whole.length, 'a version like this needs quotes', hint);
  }
  return { kind: 'text', text: digits, offset, length: digits.length };
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}
