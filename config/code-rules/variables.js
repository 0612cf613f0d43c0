/** What a name stands for, as far as one file tells. */

export function variableOf(node, sourceCode) {
  for (let scope = sourceCode.getScope(node); scope !== null; scope = scope.upper) {
    const variable = scope.set.get(node.name);
    if (variable !== undefined) return variable;
  }
  return undefined;
}

/** The value a name of this file was given once and for all; the node itself where there is none. */
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

/** By `import`, `require` or `import()`, or known to no scope of this file. */
export function isFromElsewhere(node, sourceCode) {
  const variable = variableOf(node, sourceCode);
  const [definition] = variable?.defs ?? [];
  if (definition === undefined || definition.type === 'ImportBinding') return true;
  return definition.type === 'Variable' && isImport(definition.node.init);
}

function isImport(node) {
  switch (node?.type) {
    case 'MemberExpression':
      return isImport(node.object);
    case 'AwaitExpression':
      return isImport(node.argument);
    case 'ImportExpression':
      return true;
    default:
      return node?.type === 'CallExpression' && node.callee.name === 'require';
  }
}

/** What was added to the list of this name by `push` or `unshift`. */
export function addedTo(node, sourceCode) {
  const references = variableOf(node, sourceCode)?.references ?? [];
  return references.flatMap(({ identifier: { parent } }) => {
    const adds =
      parent?.type === 'MemberExpression' && /^(push|unshift)$/.test(parent.property.name ?? '');
    return adds && parent.parent.type === 'CallExpression' ? parent.parent.arguments : [];
  });
}

/** The function itself, or the one of this file that goes by the name. */
export function functionOf(node, sourceCode) {
  const definition = node.type === 'Identifier' ? variableOf(node, sourceCode)?.defs[0] : undefined;
  const value = definition?.type === 'FunctionName' ? definition.node : resolved(node, sourceCode);
  return /Function/.test(value.type) ? value : undefined;
}
