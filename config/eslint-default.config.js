/**
 * The rules nemesis brings to a project that has no ESLint of its own. Errors are certain bugs, warnings likely
 * ones; nothing here is style. The files come as a JSON list of paths relative to the working folder, named by
 * NEMESIS_PROJECT_FILES, so that what git ignores is left alone; without it every source file is checked.
 */

import typescript from 'typescript-eslint';
import { onlyListed } from './code-rules/listed-files.js';

const errors = [
  'constructor-super',
  'for-direction',
  'no-class-assign',
  'no-compare-neg-zero',
  'no-const-assign',
  'no-dupe-args',
  'no-dupe-keys',
  'no-func-assign',
  'no-import-assign',
  'no-invalid-regexp',
  'no-new-native-nonconstructor',
  'no-obj-calls',
  'no-setter-return',
  'no-this-before-super',
  'no-unsafe-negation',
  'use-isnan',
  'valid-typeof',
];

const warnings = [
  'getter-return',
  'no-async-promise-executor',
  'no-cond-assign',
  'no-constant-binary-expression',
  'no-debugger',
  'no-dupe-else-if',
  'no-duplicate-case',
  'no-ex-assign',
  'no-global-assign',
  'no-loss-of-precision',
  'no-self-assign',
  'no-sparse-arrays',
  'no-unreachable',
  'no-unsafe-finally',
  'no-unsafe-optional-chaining',
];

const at = (level, rules) => Object.fromEntries(rules.map((rule) => [rule, level]));

export default [
  {
    ignores: [
      ...['dist', 'build', 'coverage', 'vendor'].map((folder) => `**/${folder}/`),
      '**/*.min.{js,mjs,cjs}',
      ...onlyListed(process.env.NEMESIS_PROJECT_FILES),
    ],
  },
  {
    files: ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'],
    // One parser for all: it reads JSX and types, and is lenient where a script is no module.
    languageOptions: { parser: typescript.parser },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: { ...at('error', errors), ...at('warn', warnings) },
  },
  {
    // In TypeScript these are overloads.
    files: ['**/*.{js,mjs,cjs,jsx}'],
    rules: { 'no-dupe-class-members': 'error' },
  },
];
