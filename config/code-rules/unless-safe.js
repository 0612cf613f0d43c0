/** A rule of eslint-plugin-no-unsanitized without its remarks on values that are constant or sanitised. */

import { FOR_PAGE, ownName } from './called-name.js';
import { elementsOf } from './lists.js';
import { isConstant, isSanitised } from './safe-values.js';
import { addedTo, resolved } from './variables.js';

const NOT_HTML = new Set(['import']);

export function unlessSafe(rule) {
  return {
    ...rule,
    create(context) {
      const { sourceCode } = context;
      // It reports in the older form: node, then message.
      const report = (node, message) => {
        const value = valueOf(node);
        if (value !== undefined && !isSafe(value, sourceCode)) context.report({ node, message });
      };
      return rule.create(Object.create(context, { report: { value: report } }));
    },
  };
}

/** Past this many steps a value counts as unknown. */
const DEEPEST = 12;

/** Every piece of it is constant, sanitised, or taken from a page that is there already. */
export function isSafe(node, sourceCode, deep = 0) {
  if (deep > DEEPEST) return false;
  if (isConstant(node, sourceCode) || isSanitised(node)) return true;
  const within = (one) => isSafe(one, sourceCode, deep + 1);
  switch (node.type) {
    case 'TemplateLiteral':
      return node.expressions.every(within);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return [node.left, node.right].every(within);
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].every(within);
    case 'MemberExpression':
      return /^(inner|outer)HTML$/.test(ownName(node));
    case 'AwaitExpression':
      return within(node.argument);
    case 'CallExpression':
      return isTextOfOurs(node, sourceCode) || isSafeList(node, sourceCode, within);
    case 'Identifier': {
      const value = resolved(node, sourceCode);
      return value !== node && [value, ...addedTo(node, sourceCode)].every(within);
    }
    default:
      return false;
  }
}

const TRANSLATES = /^(t|\$t|__|translate|gettext|i18n)$/;

/** A translation by a constant key, or what jQuery's `html()` reads from the page. */
function isTextOfOurs({ callee, arguments: given }, sourceCode) {
  const name = ownName(callee);
  if (name === 'html' && callee.type === 'MemberExpression') return given.length === 0;
  return TRANSLATES.test(name) && given.every((one) => isConstant(one, sourceCode));
}

function isSafeList(node, sourceCode, isFine) {
  return elementsOf(node, sourceCode, FOR_PAGE)?.every(isFine) ?? false;
}

/** What is put into the page; undefined for remarks on anything else. */
function valueOf(node) {
  if (node.type === 'AssignmentExpression') return node.right;
  if (node.type !== 'CallExpression' || NOT_HTML.has(node.callee.type.toLowerCase())) {
    return undefined;
  }
  return ownName(node.callee) === 'insertAdjacentHTML' ? node.arguments[1] : node.arguments[0];
}
