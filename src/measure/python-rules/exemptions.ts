/**
 * Comments by which ruff lets a remark pass. One that names the rule is heard; a blanket `# noqa`, also for the whole
 * file, is about the project's own linter. The text keeps its length, so that every place stays what it is.
 */

const NAMED = String.raw`\s*:\s*[A-Za-z]+\d`;
const COMMENT = String.raw`#[^\S\n]*(?:(?:ruff|flake8)[^\S\n]*:[^\S\n]*)?`;
const BLANKET = new RegExp(String.raw`(${COMMENT})noqa\b(?!${NAMED})`, 'gi');
const ANY = new RegExp(String.raw`(${COMMENT})noqa\b`, 'gi');
const RUFF = /(#[^\S\n]*)ruff(?=[^\S\n]*:)/gi;

export const withNamedOnly = (text: string): string => text.replace(BLANKET, '$1nope');

/** The text as if nothing in it were exempted; undefined where nothing is. */
export function withoutExemptions(text: string): string | undefined {
  const without = withNamedOnly(text).replace(ANY, '$1nope').replace(RUFF, '$1nope');
  return without === withNamedOnly(text) ? undefined : without;
}
