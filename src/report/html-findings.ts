/** What was found, by tool and file, for the HTML report; which severities are shown is chosen without a script. */

import { element as el, NOTHING, type Html } from './html-text.ts';
import type { Story, ToldFinding } from './story.ts';
import { waivedByText } from './told-waivers.ts';
import { fit, plural } from './wording.ts';

/** On one page; the gravest, and of each tool some. */
export const MOST_FINDINGS = 4_000;
const MOST_CHARACTERS = 1_000_000;
const LONGEST = 600;
/** Files of a tool that stand open from the start. */
const OPEN_FILES = 5;

export function findingsSection({ findings }: Story): Html {
  if (findings.length === 0) return NOTHING;
  const shown = fitting(findings.slice(0, MOST_FINDINGS));
  const hidden = findings.length - shown.length;
  const cut =
    hidden === 0
      ? NOTHING
      : el(
          'p',
          { class: 'warn' },
          `the ${shown.length} gravest of ${findings.length}; all stand in .nemesis/reports/`,
        );
  const tools = grouped(shown, ({ runner }) => runner.id);
  const all = grouped(findings, ({ runner }) => runner.id);
  return el(
    'section',
    { id: 'findings' },
    el('h2', {}, 'Found'),
    filter(),
    cut,
    ...[...tools].map(([id, own]) => toolCard(id, own, all.get(id)!.length)),
  );
}

/** As many as keep the page of a size that opens, however long their words are. */
function fitting(findings: readonly ToldFinding[]): readonly ToldFinding[] {
  let characters = 0;
  const end = findings.findIndex(({ finding: { message, rule, file = '' } }) => {
    characters += Math.min(message.length, LONGEST) + Math.min(rule.length, 200) + file.length;
    return characters > MOST_CHARACTERS;
  });
  return end === -1 ? findings : findings.slice(0, end);
}

function filter(): Html {
  const choices = [
    ['all', 'everything', 'checked'],
    ['no-notes', 'errors and warnings', undefined],
    ['only-errors', 'errors only', undefined],
  ] as const;
  const labels = choices.map(([id, label, checked]) =>
    el('label', {}, el('input', { type: 'radio', name: 'show', id, checked }), ` ${label}`),
  );
  return el('div', { class: 'filter' }, ...labels);
}

function toolCard(id: string, findings: readonly ToldFinding[], total: number): Html {
  const files = [...grouped(findings, ({ finding }) => finding.file ?? '')];
  const left = total - findings.length;
  const count = left === 0 ? String(total) : `${findings.length} of ${total}`;
  return el(
    'details',
    { class: 'tool card', open: 'open' },
    el('summary', {}, `${id}: ${count} in ${plural(files.length, 'place')}`),
    ...files.map(([file, own], at) => fileBlock(file, own, at < OPEN_FILES)),
  );
}

function fileBlock(file: string, findings: readonly ToldFinding[], isOpen: boolean): Html {
  const name = el('code', {}, file === '' ? 'without a file' : file);
  return el(
    'details',
    { class: 'file', open: isOpen ? 'open' : undefined },
    el('summary', {}, name, el('span', { class: 'soft' }, ` ${findings.length}`)),
    el('ul', { class: 'rows' }, ...inOrder(findings).map(item)),
  );
}

const LOOKS = { error: 'bad', warning: 'warn', info: 'none' } as const;
const WORDS = { error: 'error', warning: 'warning', info: 'note' } as const;

function item({ finding, severity, acceptedBy }: ToldFinding): Html {
  const { line, column, rule, message } = finding;
  const at = [line, column].filter((part) => part !== undefined).join(':');
  return el(
    'li',
    { class: `is-${severity}` },
    el('span', { class: `tag ${LOOKS[severity]}` }, WORDS[severity]),
    at === '' ? NOTHING : el('span', { class: 'at' }, at),
    fit(message, LONGEST),
    ' ',
    el('code', { class: 'soft' }, fit(rule, 200)),
    acceptedBy === undefined ? '' : el('p', { class: 'soft' }, waivedByText(acceptedBy)),
  );
}

const inOrder = (findings: readonly ToldFinding[]): readonly ToldFinding[] =>
  [...findings].sort((a, b) => (a.finding.line ?? 0) - (b.finding.line ?? 0));

function grouped<T>(all: readonly T[], by: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = by(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
