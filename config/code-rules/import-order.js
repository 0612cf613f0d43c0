/**
 * A lenient order of imports: within a block without a blank line, Node's own modules come before packages, and
 * packages before relative files. A block whose packages stand in alphabetical order, Node's among them, is in order
 * as well. Imports for effect, types and aliases (`@/…`, `~/…`, `#…`) stand anywhere: their order has a meaning or a
 * convention of its own.
 */

import { isBuiltin } from 'node:module';

const BUILTIN = 0;
const PACKAGE = 1;
const RELATIVE = 2;
const ALIAS = /^(@\/|[~#$])/;
const BLANK_LINE = /\n[^\S\n]*\n/;

export const importOrder = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      unsorted: '{{name}} is imported after {{before}}: Node’s modules, packages, relative files',
    },
  },
  create: (context) => ({
    Program({ body }) {
      for (const block of blocks(body, context.sourceCode)) {
        const strayed = firstStray(block, classOf);
        if (strayed === undefined || isAlphabetical(block)) continue;
        const { node, before } = strayed;
        context.report({
          node,
          messageId: 'unsorted',
          data: { name: node.source.value, before: before.source.value },
        });
      }
    },
  }),
};

/** States that a file has imports whose order can be judged. */
export const importsFound = {
  meta: { type: 'suggestion', schema: [], messages: { found: '{{count}} imports' } },
  create: (context) => ({
    Program(node) {
      const count = blocks(node.body, context.sourceCode).filter(
        (block) => block.length > 1,
      ).length;
      if (count > 0) context.report({ node, messageId: 'found', data: { count } });
    },
  }),
};

/** Runs of import statements on consecutive lines, comments included, as far as their order is judged. */
function blocks(body, { text }) {
  const found = [];
  let previous;
  for (const node of body) {
    if (node.type !== 'ImportDeclaration') {
      previous = undefined;
      continue;
    }
    const between = previous && text.slice(previous.range[1], node.range[0]);
    if (between === undefined || BLANK_LINE.test(between)) found.push([]);
    if (isJudged(node)) found.at(-1).push(node);
    previous = node;
  }
  return found;
}

function isJudged({ source, specifiers, importKind }) {
  return specifiers.length > 0 && importKind !== 'type' && !ALIAS.test(source.value);
}

function classOf({ source: { value } }) {
  if (/^\.|^\//.test(value)) return RELATIVE;
  return isBuiltin(value) ? BUILTIN : PACKAGE;
}

/** The first import whose class belongs before that of one above it. */
function firstStray(block, classify) {
  let before;
  for (const node of block) {
    if (before !== undefined && classify(node) < classify(before)) return { node, before };
    before = node;
  }
  return undefined;
}

function isAlphabetical(block) {
  const asPackage = (node) => Math.max(PACKAGE, classOf(node));
  if (firstStray(block, asPackage) !== undefined) return false;
  const names = block
    .filter((node) => asPackage(node) === PACKAGE)
    .map(({ source }) => source.value.toLowerCase());
  return names.every((name, index) => index === 0 || names[index - 1] <= name);
}
