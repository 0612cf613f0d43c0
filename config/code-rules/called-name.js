/** How what is called is named, and what such a name promises. */

/** The name of the function itself, without the object it belongs to. */
export function ownName(callee) {
  switch (callee.type) {
    case 'Identifier':
      return callee.name;
    case 'ChainExpression':
    case 'TSNonNullExpression':
      return ownName(callee.expression);
    case 'MemberExpression': {
      const { property, computed } = callee;
      return (computed ? property.value : property.name) ?? '';
    }
    default:
      return '';
  }
}

/** `Math.max`, `date.getTime`: with the objects, as far as they are names. */
export function fullName(callee) {
  if (callee.type !== 'MemberExpression') return ownName(callee);
  return `${fullName(callee.object)}.${ownName(callee)}`;
}

/** Words that promise text fit for a page, and text fit for SQL. */
export const FOR_PAGE = new Set([
  ...['sanitize', 'sanitise', 'sanitized', 'sanitised', 'sanitizer', 'sanitiser'],
  ...['purify', 'dompurify', 'escape', 'escaped', 'escaper', 'esc', 'encode', 'encoded', 'encoder'],
  ...['xss', 'jsesc', 'striptags', 'htmlspecialchars', 'htmlentities'],
]);
export const FOR_SQL = new Set([
  ...['escape', 'escaped', 'escaper', 'esc', 'quote', 'quoted'],
  ...['sanitize', 'sanitise', 'sanitized', 'sanitised', 'sanitizer', 'sanitiser'],
]);
/** `escapeHtml`, not `unescapeHtml`: a word that takes it back, or says that it was never done. */
const TAKEN_BACK = new Set([
  ...['un', 'de', 'no', 'not', 'non', 'without', 'skip', 'never', 'is', 'has', 'needs', 'should'],
  ...['bypass', 'unsafe', 'raw', 'disable', 'decode', 'unescape', 'unescaped'],
]);
/** Of a policy of trusted types, and the two words `strip tags`. */
const WHOLE = /^(createHTML|createScript|strip_?tags)$/i;

export function promises(callee, wanted) {
  const name = ownName(callee);
  const words = wordsOf(name);
  if (words.some((word) => TAKEN_BACK.has(word))) return false;
  return words.some((word) => wanted.has(word)) || (wanted === FOR_PAGE && WHOLE.test(name));
}

/** `escapeHTMLText` is `escape`, `html` and `text`. */
function wordsOf(name) {
  return name
    .replace(/DOMPurify/g, 'Purify')
    .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .map((word) => word.toLowerCase());
}
