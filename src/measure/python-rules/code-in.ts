/** Python without its text: what is left of an expression when string literals and comments are taken out. */

const STRING = /((?:(?<![\p{L}\p{N}_])[rbuft]{1,2})?)("""|'''|"|')/iuy;

/**
 * From `at`, where no string has begun, up to the bracket that closes one opened before `at`, or the end. The fields of
 * f-strings are code.
 */
export function codeFrom(
  text: string,
  at: number,
): { readonly code: string; readonly end: number } {
  let code = '';
  let depth = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    const string = stringAt(text, at);
    if (string !== undefined) {
      code += ` ${string.code} `;
      at = string.end;
      continue;
    }
    // After anything but a space it stands in a format: `{n:#x}`.
    if (char === '#' && /^\s?$/.test(text.charAt(at - 1))) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end;
      continue;
    }
    if (/[([{]/.test(char)) depth += 1;
    else if (/[)\]}]/.test(char) && depth-- === 0) return { code, end: at };
    code += char;
    at += 1;
  }
  return { code, end: at };
}

function stringAt(text: string, at: number) {
  STRING.lastIndex = at;
  const [start, prefix = '', quote = ''] = STRING.exec(text) ?? [];
  if (start === undefined) return undefined;
  const formats = /[ft]/i.test(prefix);
  let code = '';
  let end = at + start.length;
  while (end < text.length && !text.startsWith(quote, end)) {
    if (text[end] === '\\') end += 2;
    else if (!formats || text[end] !== '{') end += 1;
    else if (text[end + 1] === '{') end += 2;
    else {
      const field = codeFrom(text, end + 1);
      code += ` ${withoutFormat(field.code)} `;
      end = field.end + 1;
    }
  }
  return { code, end: end + quote.length };
}

/** `name!r:>{width}`: what comes after the value says how it is written. */
const withoutFormat = (field: string): string => field.replace(/!?[rsa]?:[^=\]]*$|![rsa]\s*$/, '');

/** Names in the code, without those of keyword arguments. */
export function namesIn(code: string): string[] {
  return code.replace(/\b[A-Za-z_]\w*\s*=(?!=)/g, '').match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
}
