/** Whether a value in the code can carry what a stranger wrote, as far as one file tells. */

import { FOR_PAGE, fullName, ownName, promises } from './called-name.js';
import { elementsOf } from './lists.js';
import { addedTo, isFromElsewhere, resolved, variableOf } from './variables.js';

/** Past this many steps a value counts as unknown: a constant may name itself. */
const DEEPEST = 12;

/** The same in every run: literals, constants of this file, UPPER_CASE names from elsewhere, and numbers. */
export function isConstant(node, sourceCode, deep = 0) {
  if (node === null || node === undefined || deep > DEEPEST) return false;
  const parts = PARTS[node.type]?.(node);
  if (parts !== undefined) return parts.every((one) => isConstant(one, sourceCode, deep + 1));
  return WHOLES[node.type]?.(node, sourceCode, deep) ?? false;
}

const wrapped = ({ expression }) => [expression];
const none = () => [];

/** What is constant when all of these parts are. */
const PARTS = {
  Literal: none,
  UnaryExpression: none,
  UpdateExpression: none,
  TemplateLiteral: ({ expressions }) => expressions,
  ArrayExpression: ({ elements }) => elements,
  ConditionalExpression: ({ consequent, alternate }) => [consequent, alternate],
  LogicalExpression: ({ left, right }) => [left, right],
  BinaryExpression: ({ operator, left, right }) => (operator === '+' ? [left, right] : []),
  TSAsExpression: wrapped,
  TSSatisfiesExpression: wrapped,
  TSNonNullExpression: wrapped,
  ChainExpression: wrapped,
};

const WHOLES = {
  Identifier: isConstantName,
  MemberExpression: isConstantMember,
  CallExpression: isConstantCall,
};

/** Went through something that makes it harmless: a sanitiser, an escape, or what one returned. */
export function isSanitised(node, wanted = FOR_PAGE) {
  switch (node.type) {
    case 'AwaitExpression':
      return isSanitised(node.argument, wanted);
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'ChainExpression':
      return isSanitised(node.expression, wanted);
    case 'TaggedTemplateExpression':
      return promises(node.tag, wanted);
    case 'CallExpression':
      if (promises(node.callee, wanted) || isEscaping(node)) return true;
      return isPlainStep(node) && isSanitised(node.callee.object, wanted);
    default:
      return false;
  }
}

const NUMBERS =
  /^(Number|parseInt|parseFloat|BigInt|Boolean|Date\.now|Math\.\w+)$|\.(getTime|toFixed|indexOf|valueOf)$/;
const STEPS = /^(trim|toLowerCase|toUpperCase|join|toString|repeat|padStart|padEnd|concat|slice)$/;

const isPlainStep = ({ callee, arguments: given }) =>
  callee.type === 'MemberExpression' &&
  STEPS.test(ownName(callee)) &&
  (!/^(join|pad|concat)/.test(ownName(callee)) || given.every(({ type }) => type === 'Literal'));

function isConstantCall(node, sourceCode, deep) {
  if (NUMBERS.test(fullName(node.callee))) return true;
  const constant = (one) => isConstant(one, sourceCode, deep + 1);
  if (fullName(node.callee) === 'Object.freeze') return node.arguments.every(constant);
  if (isPlainStep(node) && constant(node.callee.object)) return true;
  return elementsOf(node, sourceCode, new Set(), deep)?.every(constant) ?? false;
}

/** `.replace(/</g, '\\u003c')`: how JSON is made fit for a page. */
function isEscaping({ callee, arguments: [what] }) {
  if (callee.type !== 'MemberExpression' || !/^replace(All)?$/.test(ownName(callee))) return false;
  const pattern = what?.regex?.pattern ?? what?.value;
  return typeof pattern === 'string' && /[<&'"]/.test(pattern);
}

/** `TABLES.users`, `Column.Name` of an enum, `kinds.x` of a constant object here, the environment, and any `.length`. */
function isConstantMember(node, sourceCode, deep) {
  const { object } = node;
  if (ownName(node) === 'length' || isEnvironment(object)) return true;
  const value = frozen(resolved(object, sourceCode));
  if (value.type === 'ObjectExpression') {
    const named = value.properties.filter(({ key }) => keyOf(key) === ownName(node));
    return (named.length > 0 ? named : value.properties).every(
      (one) => one.type === 'Property' && isConstant(one.value, sourceCode, deep + 1),
    );
  }
  if (object.type !== 'Identifier') return false;
  if (variableOf(object, sourceCode)?.defs[0]?.type === 'TSEnumName') return true;
  return isUpperCase(object.name) && isConstantName(object, sourceCode, deep);
}

const isEnvironment = (node) =>
  node.type === 'MemberExpression' &&
  ownName(node) === 'env' &&
  (node.object.name === 'process' || node.object.type === 'MetaProperty');

function frozen(node) {
  if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression') {
    return frozen(node.expression);
  }
  const freezes = node.type === 'CallExpression' && fullName(node.callee) === 'Object.freeze';
  return freezes && node.arguments[0] ? node.arguments[0] : node;
}

const keyOf = (key) => key?.name ?? key?.value;

function isConstantName(node, sourceCode, deep) {
  if (node.name === 'undefined') return true;
  if (isUpperCase(node.name) && isFromElsewhere(node, sourceCode)) return true;
  const value = resolved(node, sourceCode);
  if (value !== node) {
    return [value, ...addedTo(node, sourceCode)].every((one) =>
      isConstant(one, sourceCode, deep + 1),
    );
  }
  const definition = variableOf(node, sourceCode)?.defs[0];
  const type =
    definition?.type === 'Parameter' ? definition.name.typeAnnotation?.typeAnnotation : undefined;
  return /^TS(Number|Boolean|BigInt)Keyword$/.test(type?.type ?? '');
}

const isUpperCase = (name) => /^[A-Z][A-Z0-9_]+$/.test(name);
