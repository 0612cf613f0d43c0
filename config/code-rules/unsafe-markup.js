/** `dangerouslySetInnerHTML` of React with a value that is neither constant nor sanitised. */

import { isSafe } from './unless-safe.js';
import { resolved } from './safe-values.js';

export const unsafeMarkup = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { unsafe: 'dangerouslySetInnerHTML is given a value that nothing here sanitises' },
  },
  create(context) {
    const check = (node, given) => {
      const value = htmlIn(given, context.sourceCode);
      if (value !== undefined && !isSafe(value, context.sourceCode)) {
        context.report({ node, messageId: 'unsafe' });
      }
    };
    return {
      'JSXAttribute[name.name="dangerouslySetInnerHTML"]'(node) {
        check(node, node.value?.expression);
      },
      'CallExpression > ObjectExpression > Property[key.name="dangerouslySetInnerHTML"]'(node) {
        check(node, node.value);
      },
    };
  },
};

/** The `__html` of an object written here; an object from elsewhere is passed on and not looked into. */
function htmlIn(given, sourceCode) {
  const object = given && resolved(given, sourceCode);
  if (object?.type !== 'ObjectExpression') return undefined;
  return object.properties.find(({ key }) => (key?.name ?? key?.value) === '__html')?.value;
}
