/**
 * SQL text put together from values, in a call that runs queries. Few false alarms come before finding everything:
 * what stands for a name (a table, a column, a whole clause) passes, since no parameter can take its place; so do
 * placeholders, constants, numbers, and what was escaped. A tagged template is no text. Text that was put together
 * over several statements is not seen.
 */

import { isConstant, isSanitised, resolved } from './safe-values.js';

const RUNS_SQL =
  /^\$?(query|queryRaw|queryRawUnsafe|executeRawUnsafe|execute|exec|run|all|get|each|prepare|raw|unsafe|one|many|none|oneOrNone|manyOrNone|any|\w+Query|query\w+)$/i;
/** Methods of query builders that take a piece of SQL. */
const TAKES_PIECE = /^(where|orWhere|andWhere|having|orHaving|select|join|on)Raw$/;
const SQL =
  /^[\s(]*(--.*\n\s*)*(select\b[\s\S]*\bfrom\b|insert\s+(or\s+\w+\s+|ignore\s+)?into\b|replace\s+into\b|update\b[\s\S]*\bset\b|delete\s+from\b|merge\s+into\b|with\b[\s\S]*\bselect\b|(create|alter|drop|truncate)\s+(table|user|database|role|schema)\b|call\s+\w+|exec(ute)?\s+\w+)/i;
/** Where a value belongs, to its left: after a comparison, in a list of values. */
const VALUE = /([=<>]|\b(i?like|between|values\s*\([^)]*|in\s*\())\s*["%]?\s*$/i;
const REQUEST =
  /\b(req|request|ctx|context|event)\b(\.\w+)*\.(body|query|params|param|headers|cookies|queryStringParameters|pathParameters)\b|\bsearchParams\.get\b|\bprocess\.argv\b/;
const PLACEHOLDERS = /placeholder|\bparams\b|bind|marks?\b|['"`]\?['"`]|\$/i;

export const sqlInjection = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      value: 'SQL is put together with `{{text}}`; pass it as a parameter of the query',
    },
  },
  create: (context) => ({
    CallExpression(call) {
      const name = methodName(call.callee);
      const isPiece = TAKES_PIECE.test(name);
      if (!isPiece && !RUNS_SQL.test(name)) return;
      const parts = partsOf(sqlArgument(call), context.sourceCode);
      const constant = parts.map(({ text = '?' }) => text).join('');
      if (!isPiece && !SQL.test(constant)) return;
      const hole = unsafeHole(parts, context.sourceCode);
      if (hole === undefined) return;
      const text = context.sourceCode.getText(hole);
      const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
      context.report({ node: hole, messageId: 'value', data: { text: shown } });
    },
  }),
};

function methodName(callee) {
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' ? (callee.property.name ?? '') : '';
}

/** The text itself, or the `text` or `sql` of an object. */
function sqlArgument({ arguments: [first] }) {
  if (first?.type !== 'ObjectExpression') return first;
  const named = first.properties.find(
    ({ key }) => key?.type === 'Identifier' && /^(text|sql|query)$/.test(key.name),
  );
  return named?.value;
}

/** The pieces of a text in order: constant ones as `text`, the others as `hole`. */
function partsOf(node, sourceCode, deep = 0) {
  if (node === undefined || node === null || deep > 40) return [];
  const within = (one) => partsOf(one, sourceCode, deep + 1);
  const value = resolved(node, sourceCode);
  if (value !== node) {
    const parts = within(value);
    return parts.some(({ text }) => text !== undefined) ? parts : [{ hole: node }];
  }
  if (node.type === 'Literal') return [{ text: String(node.value) }];
  if (node.type === 'TemplateLiteral') {
    return node.quasis.flatMap(({ value: { cooked, raw } }, index) => [
      { text: cooked ?? raw },
      ...(index < node.expressions.length ? within(node.expressions[index]) : []),
    ]);
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    return [...within(node.left), ...within(node.right)];
  }
  return [{ hole: node }];
}

function unsafeHole(parts, sourceCode) {
  let before = '';
  for (const { text, hole } of parts) {
    if (hole !== undefined && isUnsafe(hole, before, sourceCode)) return hole;
    before += text ?? 'x';
  }
  return undefined;
}

function isUnsafe(hole, before, sourceCode) {
  if (isConstant(hole, sourceCode) || isSanitised(hole)) return false;
  const text = sourceCode.getText(hole);
  if (REQUEST.test(text)) return true;
  if (PLACEHOLDERS.test(text)) return false;
  return isInString(before) || VALUE.test(before);
}

const isInString = (before) => before.split("'").length % 2 === 0;
