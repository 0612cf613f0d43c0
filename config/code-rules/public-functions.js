/**
 * Which functions are public: what a module exports, and the methods of classes it exports. The same rule of
 * eslint-plugin-jsdoc asks twice: once as it is, and once blind to comments, which finds all there are.
 */

export const PUBLIC_FUNCTIONS = {
  publicOnly: { esm: true, cjs: true, window: false },
  require: {
    FunctionDeclaration: true,
    ArrowFunctionExpression: true,
    FunctionExpression: true,
    MethodDefinition: true,
  },
  checkConstructors: false,
  checkGetters: false,
  checkSetters: false,
  enableFixer: false,
};

/** The rule, and what it passes over: the methods of a default class without a name. */
export function publicFunctions(rule) {
  return {
    ...rule,
    create(context) {
      const asked = rule.create(context);
      const options = [{ ...context.options[0], publicOnly: false }];
      const always = rule.create(Object.create(context, { options: { value: options } }));
      return {
        ...asked,
        MethodDefinition(node) {
          if (isOfNamelessDefault(node)) {
            if (isPublic(node)) always.MethodDefinition(node);
          } else asked.MethodDefinition(node);
        },
      };
    },
  };
}

export function everyPublicFunction(rule) {
  const inner = publicFunctions(rule);
  return {
    ...rule,
    create(context) {
      const sourceCode = withoutComments(context.sourceCode);
      return inner.create(Object.create(context, { sourceCode: { value: sourceCode } }));
    },
  };
}

function isOfNamelessDefault({ parent: { parent: owner } }) {
  return owner.id === null && owner.parent.type === 'ExportDefaultDeclaration';
}

const isPublic = ({ key, accessibility }) =>
  key.type !== 'PrivateIdentifier' && !/^(private|protected)$/.test(accessibility ?? '');

const BLIND = new Set(['getTokenBefore', 'getTokensBefore', 'getCommentsBefore']);

/** The source as the rule sees it: tokens only. */
function withoutComments(sourceCode) {
  return new Proxy(sourceCode, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name === 'getCommentsBefore') return () => [];
      if (!BLIND.has(name)) return value.bind(target);
      return (node, options) => value.call(target, node, { ...options, includeComments: false });
    },
  });
}
