/**
 * What nemesis itself measures of JavaScript and TypeScript, whatever rules the project has: the complexity of every
 * function, names, the order of imports, SQL and HTML put together from values, and documentation of what is exported.
 * Some rules only state facts (`…-found`), so that their absence can be told from nothing to look at. All are
 * warnings: the exit code says nothing here. NEMESIS_PROJECT_FILES names the list of files.
 */

import { builtinRules } from 'eslint/use-at-your-own-risk';
import jsdoc from 'eslint-plugin-jsdoc';
import noUnsanitized from 'eslint-plugin-no-unsanitized';
import typescript from 'typescript-eslint';
import { dynamicCode } from './code-rules/dynamic-code.js';
import {
  everyPublicFunction,
  publicFunctions,
  PUBLIC_FUNCTIONS,
} from './code-rules/public-functions.js';
import { importOrder, importsFound } from './code-rules/import-order.js';
import { onlyListed } from './code-rules/listed-files.js';
import { NAMES } from './code-rules/names.js';
import { hearsOnlyWhatIsNamed } from './code-rules/parser.js';
import { sqlInjection } from './code-rules/sql-injection.js';
import { unlessSafe } from './code-rules/unless-safe.js';
import { unsafeMarkup } from './code-rules/unsafe-markup.js';

const nemesis = {
  rules: {
    // Under a name of our own, so that no comment about the project's own rule is meant.
    complexity: builtinRules.get('complexity'),
    'imports-found': importsFound,
    'import-order': importOrder,
    'sql-injection': sqlInjection,
    'unsafe-markup': unsafeMarkup,
    'dynamic-code': dynamicCode,
    'public-function-found': everyPublicFunction(jsdoc.rules['require-jsdoc']),
  },
};

export default [
  { ignores: onlyListed(process.env.NEMESIS_PROJECT_FILES) },
  {
    files: ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'],
    // One parser for all: it reads JSX and types, and is lenient where a script is no module.
    languageOptions: { parser: hearsOnlyWhatIsNamed },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    // A blank line between comment and function is a habit, not a missing comment.
    settings: { jsdoc: { maxLines: 2 } },
    plugins: {
      nemesis,
      jsdoc: { rules: { 'require-jsdoc': publicFunctions(jsdoc.rules['require-jsdoc']) } },
      '@typescript-eslint': typescript.plugin,
      // Its own names, so that a comment by which a team has let one pass counts here too.
      'no-unsanitized': {
        rules: {
          method: unlessSafe(noUnsanitized.rules.method),
          property: unlessSafe(noUnsanitized.rules.property),
        },
      },
    },
    rules: {
      'nemesis/complexity': ['warn', { max: 0 }],
      'nemesis/imports-found': 'warn',
      'nemesis/import-order': 'warn',
      'nemesis/sql-injection': 'warn',
      'nemesis/unsafe-markup': 'warn',
      'nemesis/dynamic-code': 'warn',
      'nemesis/public-function-found': ['warn', PUBLIC_FUNCTIONS],
      'jsdoc/require-jsdoc': ['warn', PUBLIC_FUNCTIONS],
      'no-unsanitized/method': 'warn',
      'no-unsanitized/property': 'warn',
      '@typescript-eslint/naming-convention': ['warn', ...NAMES],
    },
  },
  {
    // What a tool asks a configuration for is no interface of the project.
    files: ['**/*.config.*', '**/.*rc.*'],
    rules: { 'nemesis/public-function-found': 'off', 'jsdoc/require-jsdoc': 'off' },
  },
];
