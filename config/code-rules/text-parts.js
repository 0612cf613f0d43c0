/** Text in the code, taken apart into what is constant and what is put in. */

import { ownName } from './called-name.js';
import { resolved } from './variables.js';

const DEEPEST = 40;
/** A name weighs more than what is written in place: each may double the text of the one before. */
const A_NAME = 8;

/** The pieces of a text in order: constant ones as `text`, the others as `hole`. */
export function partsOf(node, sourceCode, deep = 0) {
  if (node === undefined || node === null || deep > DEEPEST) return [];
  const within = (one) => partsOf(one, sourceCode, deep + 1);
  const value = resolved(node, sourceCode);
  if (value !== node) {
    const parts = partsOf(value, sourceCode, deep + A_NAME);
    return isText(parts) ? parts : [{ hole: node }];
  }
  switch (node.type) {
    case 'Literal':
      return [{ text: String(node.value) }];
    case 'TemplateLiteral':
      return node.quasis.flatMap(({ value: { cooked, raw } }, index) => [
        { text: cooked ?? raw },
        ...(index < node.expressions.length ? within(node.expressions[index]) : []),
      ]);
    case 'BinaryExpression':
      return node.operator === '+'
        ? [...partsOf(node.left, sourceCode, deep), ...within(node.right)]
        : [{ hole: node }];
    case 'CallExpression':
      return ofCall(node, within) ?? [{ hole: node }];
    default:
      return [{ hole: node }];
  }
}

export const isText = (parts) => parts.some(({ text }) => text !== undefined);

/** Its constant pieces, with a sign for each of the others. */
export const constantText = (parts) => parts.map(({ text = '?' }) => text).join('');

/** `'a'.concat(b)`, `['a', b].join('')`, `util.format('a%s', b)`. */
function ofCall({ callee, arguments: given }, within) {
  const name = ownName(callee);
  if (/^(format|sprintf|printf)$/.test(name)) return formatted(given, within);
  if (callee.type !== 'MemberExpression') return undefined;
  const { object } = callee;
  if (name === 'join' && object.type === 'ArrayExpression') {
    const between = given[0] === undefined ? [{ text: ',' }] : within(given[0]);
    return object.elements.flatMap((one, index) => [
      ...(index === 0 ? [] : between),
      ...within(one),
    ]);
  }
  if (name !== 'concat') return undefined;
  const parts = within(object);
  return isText(parts) ? [...parts, ...given.flatMap(within)] : undefined;
}

/** Values go in as they are by `%s`; `%d` makes a number of them, `%L` and `%I` of pg-format escape. */
function formatted([pattern, ...values], within) {
  const parts = within(pattern);
  if (!parts.every(({ text }) => text !== undefined)) return undefined;
  const pieces = constantText(parts).split(/%(?:\d+\$)?([a-zA-Z%])/);
  let used = 0;
  return pieces.flatMap((piece, index) => {
    if (index % 2 === 0) return [{ text: piece }];
    if (piece === '%') return [{ text: '%' }];
    const value = values[used++];
    return /[soOjv]/.test(piece) && value !== undefined ? within(value) : [{ text: '0' }];
  });
}
