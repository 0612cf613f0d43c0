/** Text to tokens. Never fails: an unreadable place becomes a `bad` token, which ends the list. */

import { isDigit, lexNumber } from './lex-number.ts';
import type { Token } from './token.ts';
import { badToken } from './token.ts';

const SPACE = /\s+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*/y;
const OPERATOR = /<=|>=|==|!=|[<>+\-*/(),]/y;
const QUOTED = /"(?:[^"\\]|\\["\\])*"|'(?:[^'\\]|\\['\\])*'/y;

/** Ways of writing an operator that other languages have. Longest first. */
const OTHER_OPERATORS: readonly (readonly [string, string])[] = [
  ['===', '=='],
  ['!==', '!='],
  ['<>', '!='],
  ['=<', '<='],
  ['=>', '>='],
  ['&&', 'and'],
  ['||', 'or'],
  ['=', '=='],
  ['&', 'and'],
  ['|', 'or'],
  ['!', 'not'],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
  ['−', '-'],
  ['–', '-'],
  ['×', '*'],
  ['÷', '/'],
  ['“', '"'],
  ['”', '"'],
  ['„', '"'],
];

/** The words of `source`; the last one is `end`, or `bad` where reading had to stop. */
export function lex(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = skipSpace(source, 0);
  while (offset < source.length) {
    const token = lexToken(source, offset);
    tokens.push(token);
    if (token.kind === 'bad') return tokens;
    offset = skipSpace(source, offset + token.length);
  }
  tokens.push({ kind: 'end', text: '', offset: source.length, length: 0 });
  return tokens;
}

/** The text between quotes, with its escapes undone. */
function unquoted(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}

function lexToken(source: string, offset: number): Token {
  const char = source[offset] ?? '';
  if (isDigit(char)) return lexNumber(source, offset);
  const word = match(WORD, source, offset);
  if (word !== undefined) return { kind: 'word', text: word, offset, length: word.length };
  if (char === '"' || char === "'") return lexQuoted(source, offset);
  const other = OTHER_OPERATORS.find(([text]) => source.startsWith(text, offset));
  const operator = match(OPERATOR, source, offset);
  if (operator !== undefined && (other === undefined || other[0].length <= operator.length)) {
    return { kind: 'op', text: operator, offset, length: operator.length };
  }
  if (other !== undefined) {
    const [text, meant] = other;
    return badToken(source, offset, text.length, `unknown sign \`${text}\``, `write \`${meant}\``);
  }
  return unexpectedCharacter(source, offset);
}

function lexQuoted(source: string, offset: number): Token {
  const quoted = match(QUOTED, source, offset);
  if (quoted !== undefined) {
    return { kind: 'text', text: unquoted(quoted), offset, length: quoted.length };
  }
  const hint = 'inside quotes write `\\\\` for a backslash and `\\"` for a quote';
  const length = source.length - offset;
  return badToken(source, offset, length, 'this quoted text does not end', hint);
}

function unexpectedCharacter(source: string, offset: number): Token {
  const char = String.fromCodePoint(source.codePointAt(offset) ?? 0);
  const shown = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(char)
    ? `\`${char}\``
    : `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (char === '.' && isDigit(source[offset + 1])) {
    return badToken(source, offset, 1, 'a number starts with a digit', 'write `0.5`, not `.5`');
  }
  const hint = /^\p{L}$/u.test(char) ? 'put text in quotes' : undefined;
  return badToken(source, offset, char.length, `unexpected character ${shown}`, hint);
}

function skipSpace(source: string, offset: number): number {
  return offset + (match(SPACE, source, offset)?.length ?? 0);
}

function match(pattern: RegExp, source: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(source)?.[0];
}
