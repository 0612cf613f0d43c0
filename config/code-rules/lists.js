/** Text that is put together from a list: `rows.map((row) => …).join('')`. */

import { promises } from './called-name.js';
import { addedTo, functionOf, resolved } from './variables.js';

const DEEPEST = 12;
const SAME_ELEMENTS = /^(filter|sort|toSorted|reverse|toReversed|slice|flat)$/;
/** Functions that turn each element into a number. */
const NUMBERS = /^(Number|parseInt|parseFloat|BigInt)$/;

/**
 * All that the elements are made of, what stands between them included; undefined where it is no list whose elements
 * this file tells.
 *
 * @param harmless words of a function's name that promise that what it gives is harmless
 */
export function elementsOf(node, sourceCode, harmless, deep = 0) {
  if (deep > DEEPEST) return undefined;
  const within = (one) => elementsOf(one, sourceCode, harmless, deep + 1);
  switch (node.type) {
    case 'Identifier': {
      const value = resolved(node, sourceCode);
      const elements = value === node ? undefined : within(value);
      return elements && [...elements, ...addedTo(node, sourceCode)];
    }
    case 'ArrayExpression':
      return node.elements
        .filter((one) => one !== null)
        .flatMap((one) =>
          one.type === 'SpreadElement' ? (within(one.argument) ?? [one.argument]) : [one],
        );
    case 'CallExpression':
      return node.callee.type === 'MemberExpression'
        ? afterCall(node, { sourceCode, harmless, within })
        : undefined;
    default:
      return undefined;
  }
}

function afterCall({ callee: { object, property }, arguments: given }, { within, ...file }) {
  const name = property.name ?? '';
  if (object.name === 'Array' && name === 'from') return given[1] && made(given[1], file);
  if (name === 'map' || name === 'flatMap') return given[0] && made(given[0], file);
  if (name === 'fill') return given.slice(0, 1);
  const elements = within(object);
  if (elements === undefined) return undefined;
  if (SAME_ELEMENTS.test(name)) return elements;
  return name === 'join' || name === 'concat' ? [...elements, ...given] : undefined;
}

/** What a function gives back, one expression for each `return`. */
function made(given, { sourceCode, harmless }) {
  if (promises(given, harmless) || NUMBERS.test(given.name ?? '')) return [];
  const { body } = functionOf(given, sourceCode) ?? {};
  if (body === undefined) return undefined;
  return body.type === 'BlockStatement' ? returnedIn(body) : [body];
}

function returnedIn(node) {
  if (node === null || typeof node !== 'object') return [];
  if (Array.isArray(node)) return node.flatMap(returnedIn);
  if (node.type === 'ReturnStatement') return node.argument === null ? [] : [node.argument];
  if (!/Statement$|^SwitchCase$|^CatchClause$/.test(node.type ?? '')) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'parent' ? [] : returnedIn(value),
  );
}
