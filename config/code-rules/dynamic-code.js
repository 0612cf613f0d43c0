/** `eval` and `new Function` of text that is not constant. */

import { isConstant } from './safe-values.js';

export const dynamicCode = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { dynamic: '{{name}} runs text that is put together while the program runs' },
  },
  create(context) {
    const check = (node) => {
      const { name } = node.callee;
      if (name !== 'eval' && name !== 'Function') return;
      if (node.arguments.every((one) => isConstant(one, context.sourceCode))) return;
      context.report({ node, messageId: 'dynamic', data: { name } });
    };
    return { CallExpression: check, NewExpression: check };
  },
};
