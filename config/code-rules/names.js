/**
 * What nearly every project agrees on: types are PascalCase, everything else camelCase, PascalCase (components,
 * classes in variables) or UPPER_CASE (constants). What mirrors a foreign name is left alone: imports,
 * destructured names, properties. Nothing here needs type information.
 */

const VALUES = ['camelCase', 'PascalCase', 'UPPER_CASE'];
const UNDERSCORES = {
  leadingUnderscore: 'allowSingleOrDouble',
  trailingUnderscore: 'allowSingleOrDouble',
};
/** `$` and letters that have no case are nobody's convention; frameworks mark unfinished functions by a prefix. */
const NOT_JUDGED = String.raw`[^A-Za-z0-9_]|^(unstable|experimental|UNSAFE|DEPRECATED|INTERNAL)_|^_+$`;
const filter = { regex: NOT_JUDGED, match: false };

export const NAMES = [
  { selector: 'default', format: null },
  { selector: 'variableLike', format: VALUES, ...UNDERSCORES, filter },
  { selector: 'classMethod', format: VALUES, ...UNDERSCORES, filter },
  { selector: 'typeLike', format: ['PascalCase'], ...UNDERSCORES, filter },
  { selector: 'typeParameter', format: ['PascalCase', 'UPPER_CASE'], ...UNDERSCORES, filter },
  {
    selector: ['classMethod', 'classProperty'],
    modifiers: ['requiresQuotes'],
    format: null,
  },
  { selector: ['variable', 'parameter'], modifiers: ['destructured'], format: null },
  { selector: 'import', format: null },
];
