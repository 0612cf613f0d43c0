/** Whether a value in the code can carry what a stranger wrote, as far as one file tells. */

/** Past this many steps a value counts as unknown: a constant may name itself. */
const DEEPEST = 12;

/** The same in every run: literals, constants of this file, UPPER_CASE names, and numbers. */
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
  CallExpression: (node, sourceCode, deep) =>
    isNumber(node) || (isPlainStep(node) && isConstant(node.callee.object, sourceCode, deep + 1)),
};

/** Went through something that makes it harmless: a sanitiser, an escape, or what one returned. */
export function isSanitised(node) {
  switch (node.type) {
    case 'AwaitExpression':
      return isSanitised(node.argument);
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'ChainExpression':
      return isSanitised(node.expression);
    case 'TaggedTemplateExpression':
      return SANITISER.test(calledName(node.tag));
    case 'CallExpression':
      return SANITISER.test(calledName(node.callee)) || isEscaping(node) || isStepAfter(node);
    default:
      return false;
  }
}

/** The value a `const` of this file was given; the node itself where there is none. */
export function resolved(node, sourceCode) {
  if (node.type !== 'Identifier') return node;
  const variable = variableOf(node, sourceCode);
  const [definition, another] = variable?.defs ?? [];
  if (definition?.type !== 'Variable' || another !== undefined) return node;
  const { id, init } = definition.node;
  if (id.type !== 'Identifier' || init === null || init === undefined) return node;
  const written = variable.references.filter((reference) => reference.isWrite());
  return written.every(({ init: first }) => first === true) ? init : node;
}

const SANITISER =
  /(sanitiz|sanitis|purif|escap|encode|quote|stripTags|xss|createHTML|createScript|trusted)/i;
const NUMBERS =
  /^(Number|parseInt|parseFloat|BigInt|Boolean|Date\.now|Math\.\w+)$|\.(getTime|toFixed|indexOf|valueOf)$/;
const STEPS = /^(trim|toLowerCase|toUpperCase|join|toString|repeat|padStart|padEnd|concat|slice)$/;

function calledName(callee) {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return '';
  return `${calledName(callee.object)}.${callee.property.name}`;
}

const isNumber = ({ callee }) => NUMBERS.test(calledName(callee));

function isPlainStep({ callee }) {
  return callee.type === 'MemberExpression' && STEPS.test(callee.property.name ?? '');
}

function isStepAfter(call) {
  return isPlainStep(call) && isSanitised(call.callee.object);
}

/** `.replace(/</g, '\\u003c')`: how JSON is made fit for a page. */
function isEscaping({ callee, arguments: [what] }) {
  if (callee.type !== 'MemberExpression' || !/^replace(All)?$/.test(callee.property.name ?? '')) {
    return false;
  }
  const pattern = what?.regex?.pattern ?? what?.value;
  return typeof pattern === 'string' && /[<&'"]/.test(pattern);
}

/** `TABLES.users`, `Column.Name` of an enum, `config.x` of a constant object here, and `.length` of anything. */
function isConstantMember({ object, property, computed }, sourceCode, deep) {
  if (!computed && property.name === 'length') return true;
  const value = resolved(object, sourceCode);
  if (value.type === 'ObjectExpression') {
    return value.properties.every(
      (one) => one.type === 'Property' && isConstant(one.value, sourceCode, deep + 1),
    );
  }
  if (object.type !== 'Identifier') return false;
  return isUpperCase(object.name) || variableOf(object, sourceCode)?.defs[0]?.type === 'TSEnumName';
}

function isConstantName(node, sourceCode, deep) {
  if (node.name === 'undefined' || isUpperCase(node.name)) return true;
  const value = resolved(node, sourceCode);
  if (value !== node) return isConstant(value, sourceCode, deep + 1);
  const definition = variableOf(node, sourceCode)?.defs[0];
  const type =
    definition?.type === 'Parameter' ? definition.name.typeAnnotation?.typeAnnotation : undefined;
  return /^TS(Number|Boolean|BigInt)Keyword$/.test(type?.type ?? '');
}

const isUpperCase = (name) => /^[A-Z][A-Z0-9_]+$/.test(name);

function variableOf(node, sourceCode) {
  for (let scope = sourceCode.getScope(node); scope !== null; scope = scope.upper) {
    const variable = scope.set.get(node.name);
    if (variable !== undefined) return variable;
  }
  return undefined;
}
