/**
 * The parser with comments as they count here. A comment that switches ESLint off as a whole, or sets one of its
 * rules, is about the project's own linter and is not heard; one that names a rule of this pass is: a person decided
 * on that very finding. A doc comment that says nothing is none.
 */

import typescript from 'typescript-eslint';

const { parser } = typescript;

export const hearsOnlyWhatIsNamed = {
  meta: parser.meta,
  parseForESLint(text, options) {
    const parsed = parser.parseForESLint(text, options);
    for (const comment of parsed.ast.comments) {
      if (isForAnotherLinter(comment) || saysNothing(comment)) comment.value = '';
    }
    return parsed;
  },
};

const SETTING = /^\s*eslint(\s|$)/;
const SWITCH = /^\s*eslint-disable(-next-line|-line)?(?=\s|$)/;
const REASON = /\s-{2,}\s[\s\S]*/;

function isForAnotherLinter({ value }) {
  if (SETTING.test(value)) return true;
  return SWITCH.test(value) && value.replace(SWITCH, '').replace(REASON, '').trim() === '';
}

function saysNothing({ type, value }) {
  if (type !== 'Block' || !value.startsWith('*')) return false;
  const said = value.replace(/^[\s*]+/gm, '').trim();
  return said === '' || /^(todo|fixme|xxx|tbd|wip)\b.*$/i.test(said);
}
