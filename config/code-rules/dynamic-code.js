/** `eval`, `new Function` and timers that are handed text which is not constant. */

import { ownName } from './called-name.js';
import { isConstant } from './safe-values.js';
import { isText, partsOf } from './text-parts.js';

const GLOBAL = /^(window|globalThis|self|global|top|parent)$/;

export const dynamicCode = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { dynamic: '{{name}} runs text that is put together while the program runs' },
  },
  create(context) {
    const { sourceCode } = context;
    const check = (node) => {
      const name = globalName(node.callee);
      if (!RUNS[name]?.(node.arguments, sourceCode)) return;
      context.report({ node, messageId: 'dynamic', data: { name } });
    };
    return { CallExpression: check, NewExpression: check };
  },
};

const anyOf = (given, sourceCode) => !given.every((one) => isConstant(one, sourceCode));
/** Timers take functions as well, so only what is visibly text. */
const textIn = ([first], sourceCode) =>
  first !== undefined && isText(partsOf(first, sourceCode)) && !isConstant(first, sourceCode);

/** Whether what a function is given runs as code that is not constant. */
const RUNS = {
  __proto__: null,
  eval: anyOf,
  Function: anyOf,
  setTimeout: textIn,
  setInterval: textIn,
  execScript: textIn,
};

/** `eval`, `window.eval`, `(0, eval)`; of any other object it is another function. */
function globalName(callee) {
  if (callee.type === 'SequenceExpression') return globalName(callee.expressions.at(-1));
  if (callee.type !== 'MemberExpression') return ownName(callee);
  return GLOBAL.test(callee.object.name ?? '') ? ownName(callee) : '';
}
