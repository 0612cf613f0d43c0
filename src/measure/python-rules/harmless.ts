/**
 * Remarks of ruff that what stands in the same file takes back: SQL that is only logged, or has nothing but constants
 * and placeholders put into it; `eval` and `exec` of text that is always the same. ruff judges each by its form alone.
 */

import { codeFrom, namesIn } from './code-in.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

export function isHarmless(rule: string, text: string, place: () => Range): boolean {
  if (!/^S(608|307|102)$/.test(rule)) return false;
  const { start, end } = place();
  if (rule === 'S608') {
    return isOnlyTold(text.slice(0, start)) || hasOnlyConstants(text.slice(start, end), text);
  }
  const open = text.indexOf('(', start);
  return open !== -1 && namesIn(codeFrom(text, open + 1).code).length === 0;
}

const TOLD =
  /\b_*log(ger|ging)?\.(debug|info|warn|warning|error|exception|critical|fatal|log)\(\s*$|(^|[^\w.])print\(\s*$|\braise\s+[\w.]+\(\s*$/i;

/** By what stands before it: an argument of a logger, of `print` or of an exception. */
const isOnlyTold = (before: string): boolean => TOLD.test(before.slice(-200));

/** `",".join("?" * len(ids))`, and the same with a list or a generator. */
const PLACEHOLDERS =
  /(["'])[\s,]*\1\.join\(\s*[[(]?\s*(["'])(?:\?|%s)\2\s*[\])]?\s*(?:\*\s*len\([\w.]+\)|for\s+\w+\s+in\s+[\w.]+(?:\(\w*\))?)\s*[\])]?\s*\)/g;

function hasOnlyConstants(expression: string, text: string): boolean {
  const { code } = codeFrom(expression.replace(PLACEHOLDERS, '0'), 0);
  const names = namesIn(code.replace(/\.\s*format\s*\(/g, '('));
  return names.every((name) => isConstant(name, text));
}

const LITERAL = /^[ru]?(["'])(?:(?!\1)[^\\\n]|\\.)*\1$/i;

/** Given its value by plain assignments alone, of a literal (UPPER_CASE) or of placeholders. */
function isConstant(name: string, text: string): boolean {
  if (!/^\w+$/.test(name)) return false;
  const elsewhere = String.raw`\bdef\s+\w+\s*\([^)]*\b${name}\b|\bfor\s[^\n:]*\b${name}\b[^\n:]*\sin\b|\blambda\b[^:\n]*\b${name}\b|\bas\s+${name}\b|\b${name}\s*(?::=|[-+*/%|&]=)|\b${name}\s*,[^\n=()]*=[^=]|,\s*${name}\s*=[^=]`;
  if (new RegExp(elsewhere).test(text)) return false;
  const assigned = new RegExp(String.raw`^([^\S\n]*)${name}\s*(?::[^=\n]+)?=(?!=)(.*)$`, 'gm');
  const values = [...text.matchAll(assigned)].map(([, indent = '', value = '']) => ({
    isGlobal: indent === '',
    value: value.replace(/\s+#[^"']*$/, '').trim(),
  }));
  if (values.length === 0) return false;
  return values.every(({ isGlobal, value }) => {
    if (value.replace(PLACEHOLDERS, '') === '') return value !== '';
    return isGlobal && /^[A-Z][A-Z0-9_]*$/.test(name) && LITERAL.test(value);
  });
}
