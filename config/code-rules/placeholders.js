/** What stands in SQL for a parameter: `?`, `$1`, `:name`, and lists of them. */

import { ownName } from './called-name.js';
import { resolved } from './variables.js';

/** Of what this file does not tell the value of, a name is all there is to go by. */
const NAMES = /^(\w*placeholders?|\w*bindings?|binds?|params?|\w*marks?)$/i;
const MAKERS =
  /placeholder|^bind|marks?$|^parameter$|^(add|new|next|create|push|make)(Param|Parameter|Bind|Binding)$/i;
const STEPS = /^(join|slice|trim|toString|repeat)$/;

export function isNamedPlaceholder(node, sourceCode) {
  if (node.type === 'Identifier') {
    return NAMES.test(node.name) && resolved(node, sourceCode) === node;
  }
  if (node.type !== 'CallExpression') return false;
  const { callee } = node;
  if (callee.type === 'MemberExpression' && STEPS.test(ownName(callee))) {
    return isNamedPlaceholder(callee.object, sourceCode);
  }
  return MAKERS.test(ownName(callee));
}

/** What follows is the number or the name of a parameter. */
export const endsInMark = (text) => /[$:@?]\w*$/.test(text);
