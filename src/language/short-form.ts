/** The specification's short form, `eslint_warnings: < 10`, as the sentence it stands for. */

import type { Expr, Problem } from './expr.ts';
import { KEYWORDS, partsOf } from './expr.ts';
import { parseExpression, parseSentence } from './parse.ts';
import { quoted } from './print.ts';

export type ShortForm =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: Problem };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$/;
const LEADING_OPERATOR = /^(?:[<>≤≥≠]|[=!]=?)/;
const VERSION_KEY = /(?:^|[_.])version$/;
const VERSION = /^\d+(?:\.\d+){2,}(?:[-+][0-9A-Za-z.+-]+)?$/;
const LIMIT_KEY = /^(.+)_limit$/;

/**
 * The sentence that `key: value` means:
 * `< 10` is a comparison, `0`, `true` and `sorted` must be equal, several words are one text, `x_limit: 5MB` is a
 * limit from above on `x`, and a value that is a sentence by itself stays one. The text is not type-checked.
 * Offsets of a problem count in `value`; for a problem of the key both are 0.
 */
export function sentenceFromShortForm(key: string, value: string): ShortForm {
  const subject = key.trim();
  const text = value.trim();
  if (!NAME.test(subject) || KEYWORDS.includes(subject)) return badKey(subject);
  if (text === '') {
    const message = `\`${subject}\` has nothing to be compared with`;
    return { ok: false, problem: { offset: 0, length: value.length, message } };
  }
  if (LEADING_OPERATOR.test(text)) return said(`${subject} ${text}`);
  if (looksLikeVersion(subject, text)) return said(`${subject} == ${quoted(text)}`);
  const sentence = parseSentence(text);
  if (sentence.ok) return said(fromParsed(subject, text, sentence.expr));
  if (/^[-\d"']/.test(text)) return misread(value, sentence.problem);
  return said(`${subject} == ${quoted(text)}`);
}

function looksLikeVersion(key: string, text: string): boolean {
  return VERSION.test(text) || (VERSION_KEY.test(key) && /^\d+(?:\.\d+)*$/.test(text));
}

function fromParsed(subject: string, text: string, expr: Expr): string {
  switch (expr.kind) {
    case 'comparison':
    case 'logic':
    case 'not':
    case 'section':
      return hasMeaning(expr) ? text : `${subject} == ${quoted(text)}`;
    case 'number': {
      const limited = LIMIT_KEY.exec(subject)?.[1];
      return limited === undefined ? `${subject} == ${text}` : `${limited} <= ${text}`;
    }
    case 'arithmetic':
    case 'call':
      return parseExpression(text).ok && hasMeaning(expr)
        ? `${subject} == ${text}`
        : `${subject} == ${quoted(text)}`;
    default:
      return `${subject} == ${text}`;
  }
}

/** Tells `a > 1 and b` from prose such as `complete and valid`, and `baseline + 1%` from `pass/fail`. */
function hasMeaning(expr: Expr): boolean {
  const own = ['comparison', 'section', 'number', 'baseline'];
  return own.includes(expr.kind) || partsOf(expr).some(hasMeaning);
}

function said(text: string): ShortForm {
  return { ok: true, text };
}

function badKey(key: string): ShortForm {
  const message = `\`${key}\` cannot be the name of a metric`;
  const hint = 'names are written like `eslint_warnings` or `unit.tests_failed`';
  return { ok: false, problem: { offset: 0, length: 0, message, hint } };
}

function misread(value: string, problem: Problem): ShortForm {
  const indent = value.length - value.trimStart().length;
  return { ok: false, problem: { ...problem, offset: problem.offset + indent } };
}
