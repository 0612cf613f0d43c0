/**
 * Values that go into a page as HTML where eslint-plugin-no-unsanitized does not look: `dangerouslySetInnerHTML` of
 * React, `el['innerHTML']`, `srcdoc`, jQuery, and markup put together with what came by a request.
 */

import { ownName } from './called-name.js';
import { inCall } from './markup-calls.js';
import { isSafe } from './unless-safe.js';
import { resolved } from './variables.js';

export const unsafeMarkup = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { unsafe: '{{sink}} is given a value that nothing here sanitises' },
  },
  create(context) {
    const { sourceCode } = context;
    const check = (node, sink, value) => {
      if (value === undefined || value === null || isSafe(value, sourceCode)) return;
      context.report({ node, messageId: 'unsafe', data: { sink } });
    };
    const react = (node, given) => {
      check(node, 'dangerouslySetInnerHTML', htmlIn(given, sourceCode));
    };
    return {
      'JSXAttribute[name.name="dangerouslySetInnerHTML"]'(node) {
        react(node, node.value?.expression);
      },
      'ObjectExpression > Property[key.name="dangerouslySetInnerHTML"]'(node) {
        react(node, node.value);
      },
      'JSXAttribute[name.name=/^srcdoc$/i]'(node) {
        check(node, 'srcdoc', node.value?.expression);
      },
      'AssignmentExpression[left.type="MemberExpression"]'(node) {
        if (isSink(node.left)) check(node, ownName(node.left), node.right);
      },
      CallExpression(node) {
        const { sink, value } = inCall(node, sourceCode) ?? {};
        check(node, sink, value);
      },
    };
  },
};

/** By its name, `innerHTML` belongs to the other rule. */
function isSink(member) {
  const name = ownName(member);
  return name === 'srcdoc' || (member.computed && /^(inner|outer)HTML$/.test(name));
}

/** The `__html` of an object written here; an object from elsewhere is passed on and not looked into. */
function htmlIn(given, sourceCode) {
  const object = given && resolved(given, sourceCode);
  if (object?.type !== 'ObjectExpression') return undefined;
  return object.properties.find(({ key }) => (key?.name ?? key?.value) === '__html')?.value;
}
