/** The smallest parts of a sentence: literals, names, calls, `any(section)`, parentheses. */

import { spanFrom, stopAt } from './cursor.ts';
import type { Expr, FunctionName } from './expr.ts';
import type { Grammar } from './grammar.ts';
import { deeper } from './grammar.ts';
import { nearest } from './nearest.ts';
import type { Token } from './token.ts';

const FUNCTIONS = ['min', 'max', 'clamp'] as const;
const CALLABLE: readonly string[] = [...FUNCTIONS, 'any', 'all'];
const NO_VALUES: readonly string[] = ['and', 'or', 'not'];

/** The specification's spelling of `any(section)`. */
const VIOLATION = /^any_([A-Za-z0-9_]+)_violation$/;

/** The atom at the cursor, or undefined (nothing consumed) where none begins. */
export function parseAtom(grammar: Grammar): Expr | undefined {
  const { cursor } = grammar;
  const token = cursor.peek();
  const place = { offset: token.offset, length: token.length };
  if (cursor.isOp('(')) return parseGroup(grammar);
  if (token.kind === 'number') {
    cursor.next();
    const { value, dimension, unit, text } = token;
    return { kind: 'number', value, dimension, unit, text, ...place };
  }
  if (token.kind === 'text') {
    cursor.next();
    return { kind: 'text', value: token.text, ...place };
  }
  if (token.kind !== 'word' || NO_VALUES.includes(token.text)) return undefined;
  cursor.next();
  if (cursor.isOp('(')) return parseCall(grammar, token);
  if (token.text === 'baseline') return { kind: 'baseline', ...place };
  if (token.text === 'true' || token.text === 'false') {
    return { kind: 'boolean', value: token.text === 'true', ...place };
  }
  const section = VIOLATION.exec(token.text)?.[1];
  if (section !== undefined) return { kind: 'section', quantifier: 'any', section, ...place };
  return { kind: 'name', name: token.text, ...place };
}

function parseGroup(grammar: Grammar): Expr {
  const { cursor } = grammar;
  const inside = deeper(grammar);
  const open = cursor.next();
  const expr = grammar.sentence(inside);
  close(grammar, open);
  return expr;
}

function parseCall(grammar: Grammar, name: Token): Expr {
  const { cursor } = grammar;
  const inside = deeper(grammar);
  if (name.text === 'any' || name.text === 'all') return parseSection(grammar, name, name.text);
  const fn = FUNCTIONS.find((one) => one === name.text);
  if (fn === undefined) {
    const meant = nearest(name.text, CALLABLE);
    const known = `functions are ${CALLABLE.join(' ')}`;
    const hint = meant === undefined ? known : `write \`${meant}\``;
    throw stopAt(name, `unknown function \`${name.text}\``, hint);
  }
  const open = cursor.next();
  const args: Expr[] = [];
  if (!cursor.isOp(')')) {
    args.push(grammar.sum(inside));
    while (cursor.isOp(',')) {
      cursor.next();
      args.push(grammar.sum(inside));
    }
  }
  close(grammar, open);
  checkCount(fn, args.length, name);
  return { kind: 'call', fn, args, ...spanFrom(name, cursor) };
}

function parseSection(grammar: Grammar, name: Token, quantifier: 'any' | 'all'): Expr {
  const { cursor } = grammar;
  const open = cursor.next();
  const section = cursor.peek();
  if (section.kind !== 'word') {
    const hint = `as in \`${quantifier}(security)\``;
    throw stopAt(section, `\`${quantifier}\` takes the name of a section`, hint);
  }
  cursor.next();
  close(grammar, open);
  return { kind: 'section', quantifier, section: section.text, ...spanFrom(name, cursor) };
}

function checkCount(fn: FunctionName, count: number, name: Token): void {
  if (fn === 'clamp' && count !== 3) {
    const hint = 'as in `clamp(value, 0, 100)`';
    throw stopAt(name, `\`clamp\` takes 3 values, here are ${count}`, hint);
  }
  if (count === 0) throw stopAt(name, `\`${fn}\` takes at least one value`);
}

function close(grammar: Grammar, open: Token): void {
  const { cursor } = grammar;
  const token = cursor.peek();
  if (cursor.isOp(')')) {
    cursor.next();
    return;
  }
  const hint = `the \`(\` at character ${open.offset + 1} is still open`;
  throw stopAt(token, 'a `)` is missing', hint);
}
