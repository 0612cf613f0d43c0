/** A rule of eslint-plugin-no-unsanitized without its remarks on values that are constant or sanitised. */

import { isConstant, isSanitised, resolved } from './safe-values.js';

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

/** Every piece of it is constant, sanitised, or taken from a page that is there already. */
export function isSafe(node, sourceCode) {
  if (isConstant(node, sourceCode) || isSanitised(node)) return true;
  const all = (nodes) => nodes.every((one) => isSafe(one, sourceCode));
  switch (node.type) {
    case 'TemplateLiteral':
      return all(node.expressions);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return all([node.left, node.right]);
    case 'ConditionalExpression':
      return all([node.consequent, node.alternate]);
    case 'MemberExpression':
      return /^(inner|outer)HTML$/.test(node.property.name ?? '');
    case 'AwaitExpression':
      return isSafe(node.argument, sourceCode);
    case 'CallExpression':
      return isTextOfOurs(node, sourceCode);
    case 'Identifier': {
      const value = resolved(node, sourceCode);
      return value !== node && isSafe(value, sourceCode);
    }
    default:
      return false;
  }
}

const TRANSLATES = /^(t|\$t|__|translate|gettext|i18n)$/;

/** A translation by a constant key, or what jQuery's `html()` reads from the page. */
function isTextOfOurs({ callee, arguments: given }, sourceCode) {
  const name = callee.name ?? callee.property?.name ?? '';
  if (name === 'html' && callee.type === 'MemberExpression') return given.length === 0;
  return TRANSLATES.test(name) && given.every((one) => isConstant(one, sourceCode));
}

/** What is put into the page; undefined for remarks on anything else. */
function valueOf(node) {
  if (node.type === 'AssignmentExpression') return node.right;
  if (node.type !== 'CallExpression' || NOT_HTML.has(node.callee.type.toLowerCase())) {
    return undefined;
  }
  return node.callee.property?.name === 'insertAdjacentHTML'
    ? node.arguments[1]
    : node.arguments[0];
}
