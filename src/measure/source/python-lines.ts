/**
 * The logical lines of Python: a statement goes on over brackets, strings of several lines and backslashes.
 * https://docs.python.org/3/reference/lexical_analysis.html#line-structure
 */

export interface Statement {
  /** First and last line, from 1. */
  readonly line: number;
  readonly last: number;
  /** Columns before it. */
  readonly indent: number;
  /** Without comments; line breaks outside strings are spaces. */
  readonly code: string;
  /** The same with nothing in its strings. */
  readonly bare: string;
  readonly comments: readonly string[];
  /** Comments on lines of their own before it, without an empty line between. */
  readonly above: readonly string[];
}

export function statementsOf(text: string): readonly Statement[] {
  const found: Statement[] = [];
  const pieces = piecesOf(text);
  let above: string[] = [];
  let open: Open | undefined;
  let line = 1;
  for (const piece of pieces) {
    const breaks = countLines(piece.text);
    if (piece.kind === 'break' && (open === undefined || open.depth === 0)) {
      if (open !== undefined && open.code.trim() !== '') {
        found.push(closed(open, line, above));
        above = [];
      } else if (open === undefined || open.comments.length === 0) above = [];
      else above.push(...open.comments);
      open = undefined;
    } else {
      open ??= { line, indent: 0, code: '', bare: '', comments: [], depth: 0 };
      take(piece, open, line);
    }
    line += breaks;
  }
  if (open !== undefined && open.code.trim() !== '') found.push(closed(open, line, above));
  return found;
}

/** A statement that has not ended yet. */
interface Open {
  line: number;
  indent: number;
  code: string;
  bare: string;
  comments: string[];
  depth: number;
}

function take({ kind, text }: Piece, open: Open, line: number): void {
  if (kind === 'comment') {
    open.comments.push(text);
    return;
  }
  if (kind === 'space' && open.code === '') {
    open.indent = text.replace(/\t/g, ' '.repeat(8)).length;
    return;
  }
  if (open.code === '') open.line = line;
  if (kind === 'open') open.depth += 1;
  if (kind === 'close') open.depth = Math.max(0, open.depth - 1);
  const isGap = kind === 'break' || kind === 'joint' || kind === 'space';
  open.code += isGap ? ' ' : text;
  open.bare += isGap ? ' ' : kind === 'string' ? '""' : text;
}

function closed(open: Open, last: number, above: readonly string[]): Statement {
  const { line, indent, code, bare, comments } = open;
  return { line, last, indent, code: code.trim(), bare: bare.trim(), comments, above };
}

interface Piece {
  readonly kind: 'comment' | 'string' | 'break' | 'joint' | 'space' | 'open' | 'close' | 'other';
  readonly text: string;
}

const QUOTE = /[rbuft]{0,2}("""|'''|"|')/iy;
/** In the order tried; a word is taken whole, so that its last letters are no prefix of a string. */
const PIECES: readonly (readonly [Piece['kind'], RegExp])[] = [
  ['comment', /#[^\n]*/y],
  ['joint', /\\\r?\n/y],
  ['break', /\r?\n|\r/y],
  ['space', /[ \t\f]+/y],
  ['open', /[([{]/y],
  ['close', /[)\]}]/y],
  ['other', /\w+|[^\s\w]/y],
];

function* piecesOf(text: string): Generator<Piece> {
  for (let at = 0; at < text.length;) {
    const piece = stringAt(text, at) ?? pieceAt(text, at);
    yield piece;
    at += piece.text.length;
  }
}

function stringAt(text: string, at: number): Piece | undefined {
  QUOTE.lastIndex = at;
  const quote = QUOTE.exec(text);
  if (quote === null) return undefined;
  return { kind: 'string', text: text.slice(at, stringEnd(text, QUOTE.lastIndex, quote[1]!)) };
}

function pieceAt(text: string, at: number): Piece {
  for (const [kind, pattern] of PIECES) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) return { kind, text: found[0] };
  }
  return { kind: 'other', text: text[at]! };
}

/** Behind the closing quote; a short string ends with its line at the latest. */
function stringEnd(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (quote.length === 1 && text[at] === '\n') return at;
  }
  return text.length;
}

function countLines(text: string): number {
  return text === '\r' ? 1 : (text.match(/\n/g) ?? []).length;
}
