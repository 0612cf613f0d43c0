/** Calls that make HTML of what they are given: jQuery, attributes, and answers to a request. */

import { ownName } from './called-name.js';
import { isRequestData } from './request-data.js';
import { constantText, isText, partsOf } from './text-parts.js';
import { resolved } from './variables.js';

/** These take elements as well, so only markup that is put together here is known to be text. */
const INSERTS =
  /^(append|prepend|after|before|replaceWith|appendTo|prependTo|wrap|wrapInner|wrapAll|add)$/;
const SENDS = /^(send|write|end)$/;
const RESPONSE = /^(res|resp|response|reply)$/;
const MARKUP = /<[a-z!/]/i;
const JQUERY = /^(\$|jQuery)$/;

/** The value that becomes HTML, and what to call the place; undefined where none does. */
export function inCall({ callee, arguments: given }, sourceCode) {
  const name = ownName(callee);
  const [first, second] = given;
  if (first === undefined) return undefined;
  if (callee.type !== 'MemberExpression') {
    const makes = JQUERY.test(name) && isMarkup(first, sourceCode, /^\s*</);
    return makes ? { sink: `${name}()`, value: first } : undefined;
  }
  if (name === 'setAttribute') {
    return /^srcdoc$/i.test(first.value) ? { sink: 'srcdoc', value: second } : undefined;
  }
  const { object } = callee;
  const goesIn = SENDS.test(name)
    ? isResponse(object) && echoes(first, sourceCode)
    : takesMarkup(name, first, sourceCode) && isElement(object, sourceCode);
  return goesIn ? { sink: `${name}()`, value: first } : undefined;
}

function takesMarkup(method, value, sourceCode) {
  if (method === 'html') return !isElement(value, sourceCode);
  return INSERTS.test(method) && isMarkup(value, sourceCode, MARKUP);
}

function isMarkup(node, sourceCode, form) {
  const parts = partsOf(node, sourceCode);
  return isText(parts) && form.test(constantText(parts));
}

/** Of jQuery: `$(…)`, what its methods give back, and names that begin with `$`; a function is no text either. */
function isElement(node, sourceCode) {
  const value = resolved(node, sourceCode);
  if (/Function/.test(value.type)) return true;
  if (node.type === 'Identifier' && /^\$./.test(node.name)) return true;
  if (value.type === 'MemberExpression') return /^\$./.test(ownName(value));
  if (value.type !== 'CallExpression') return false;
  const { callee } = value;
  return callee.type === 'MemberExpression'
    ? isElement(callee.object, sourceCode) &&
        !/^(html|text|val|attr|data|prop)$/.test(ownName(callee))
    : JQUERY.test(ownName(callee));
}

/** `res`, also after `res.status(200)`. */
function isResponse(node) {
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
    return isResponse(node.callee.object);
  }
  return RESPONSE.test(ownName(node));
}

/** Markup with a piece of the request in it. */
function echoes(node, sourceCode) {
  const parts = partsOf(node, sourceCode);
  return (
    MARKUP.test(constantText(parts)) &&
    parts.some(({ hole }) => hole && isRequestData(resolved(hole, sourceCode), sourceCode))
  );
}
