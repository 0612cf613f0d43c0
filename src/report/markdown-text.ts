/**
 * A stranger's text inside Markdown, as a span of code: nothing in there is a link, an image, a mention, a number of an
 * issue, HTML or math, neither for GitHub nor for GitLab.
 */

import { fit, harmless, withoutCommands } from './wording.ts';

const LONGEST = 300;

/** One line; the fence is longer than any in the text. https://spec.commonmark.org/0.31.2/#code-spans */
export function code(text: string, longest = LONGEST): string {
  const shown = withoutCommands(fit(harmless(text).trim(), longest));
  if (shown === '') return '`(empty)`';
  const fences = shown.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...fences.map(({ length }) => length)) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}
