/**
 * SQL text put together from values, in a call that runs queries. Few false alarms come before finding everything:
 * what stands for a name (a table, a column, a whole clause) passes, since no parameter can take its place; so do
 * placeholders, constants, numbers, and what was escaped. A tagged template is no text. Text that was put together
 * over several statements is not seen.
 */

import { FOR_SQL, ownName } from './called-name.js';
import { elementsOf } from './lists.js';
import { endsInMark, isNamedPlaceholder } from './placeholders.js';
import { isRequestData } from './request-data.js';
import { isConstant, isSanitised } from './safe-values.js';
import { constantText, isText, partsOf } from './text-parts.js';
import { resolved } from './variables.js';

const RUNS_SQL =
  /^\$?(query|queryRaw|queryRawUnsafe|executeRawUnsafe|execute|exec|run|all|get|each|prepare|raw|unsafe|one|many|none|oneOrNone|manyOrNone|any|\w+Query|query\w+)$/i;
/** Methods of query builders that take a piece of SQL. */
const TAKES_PIECE = /^(where|orWhere|andWhere|having|orHaving|select|join|on)Raw$/;
const SQL =
  /^[\s(]*(--.*\n\s*)*(select\b[\s\S]*\bfrom\b|insert\s+(or\s+\w+\s+|ignore\s+)?into\b|replace\s+into\b|update\b[\s\S]*\bset\b|delete\s+from\b|merge\s+into\b|with\b[\s\S]*\bselect\b|(create|alter|drop|truncate)\s+(table|user|database|role|schema)\b|call\s+\w+|exec(ute)?\s+\w+)/i;
/** Where a value belongs, to its left: after a comparison, in a list of values. */
const VALUE =
  /([=<>]|\b(i?like|between|values\s*(\([^)]*\)\s*,\s*)*\([^)]*|in\s*\((?!\s*select\b)([^()]*,)?))\s*["%]?\s*$/i;

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
      const name = ownName(call.callee);
      const isPiece = TAKES_PIECE.test(name);
      if (!isPiece && !RUNS_SQL.test(name)) return;
      const parts = partsOf(sqlArgument(call), context.sourceCode);
      if (!isPiece && !SQL.test(constantText(parts))) return;
      const hole = unsafeHole(parts, context.sourceCode);
      if (hole === undefined) return;
      const text = context.sourceCode.getText(hole);
      const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
      context.report({ node: hole, messageId: 'value', data: { text: shown } });
    },
  }),
};

/** The text itself, or the `text` or `sql` of an object. */
function sqlArgument({ arguments: [first] }) {
  if (first?.type !== 'ObjectExpression') return first;
  const named = first.properties.find(
    ({ key }) => key?.type === 'Identifier' && /^(text|sql|query)$/.test(key.name),
  );
  return named?.value;
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
  const inString = isInString(before);
  if (isHarmless(hole, inString, sourceCode)) return false;
  return isRequestData(hole, sourceCode) || inString || VALUE.test(before);
}

const isInString = (before) => before.split("'").length % 2 === 0;

/** Within quotes nothing is a placeholder, whatever it is called. */
function isHarmless(node, inString, sourceCode, deep = 0) {
  if (deep > 12) return false;
  if (isConstant(node, sourceCode) || isSanitised(node, FOR_SQL)) return true;
  if (!inString && !isRequestData(node, sourceCode) && isNamedPlaceholder(node, sourceCode)) {
    return true;
  }
  const within = (one) => isHarmless(one, inString, sourceCode, deep + 1);
  if (node.type === 'ConditionalExpression') return [node.consequent, node.alternate].every(within);
  if (node.type === 'LogicalExpression') return [node.left, node.right].every(within);
  const elements = elementsOf(node, sourceCode, FOR_SQL);
  if (elements !== undefined) return elements.every(within);
  const value = resolved(node, sourceCode);
  if (value !== node) return within(value);
  const parts = partsOf(node, sourceCode);
  return isText(parts) && parts.every((part, index) => isMark(part, parts[index - 1], within));
}

/** Constant, a parameter's number or name, or harmless by itself. */
function isMark({ text, hole }, previous, isFine) {
  return text !== undefined || endsInMark(previous?.text ?? '') || isFine(hole);
}
