/**
 * Markdown for a pull request and for a job's summary: the answer, what failed with value and limit, the gates, what was
 * found. What does not fit is left out, the least grave first, and that is said.
 *
 * Words of tools, files and people stand in spans of code alone, in lists alone: a table would split them at a `|`.
 */

import type { VerdictKind } from '../judge/verdict.ts';
import type { CheckResult, RunnerResult } from '../pipeline/result.ts';
import { answerOf, pointsText } from './answer-words.ts';
import { glance, lookOf, verdictWord } from './look.ts';
import { code } from './markdown-text.ts';
import { acceptedIn, storyOf, type Story, type ToldFinding, type Trouble } from './story.ts';
import { waivedByText, type ToldWaiver } from './told-waivers.ts';
import { durationText, plural } from './wording.ts';

/** Characters of a comment on GitHub; counted in bytes here, which are never fewer. */
export const COMMENT_TAKES = 65_536;

/** A part of the document: the head and foot stand or fall with at least one item between them. */
interface Block {
  readonly head: string;
  readonly items: readonly string[];
  /** Further items that nobody has written. */
  readonly unwritten: number;
  readonly foot: string;
}

const MARKS = { blocked: '❌', undecided: '❔', warned: '⚠️', passed: '✅' } as const;
const ANSWER_MARKS = { blocked: '❌', undecided: '❔', caution: '⚠️', ready: '✅' } as const;

/** @param limit bytes the document stays below, whatever the result is */
export function markdownText(result: CheckResult, limit = COMMENT_TAKES): string {
  const story = storyOf(result);
  const last = `\n<sub>${footText(result)}</sub>\n`;
  const budget = new Budget(limit - bytes(last) - 1);
  const blocks = [
    block(answerText(result)),
    causesBlock('What blocks', story, 'blocks'),
    causesBlock('What cannot be told', story, 'undecided'),
    block(gatesTable(result)),
    findingsBlock(story),
    absencesBlock(story),
    causesBlock('Warnings', story, 'warns'),
    waiversBlock(story),
    scoreBlock(result),
    runnersBlock(result),
  ];
  const text = blocks.map((one) => budget.take(one)).join('');
  return text === '' || bytes(text + last) >= limit ? '' : text + last;
}

const bytes = (text: string): number => Buffer.byteLength(text);

/** Room that is used up part by part, the most telling first. */
class Budget {
  private left: number;

  constructor(left: number) {
    this.left = left;
  }

  take({ head, items, unwritten, foot }: Block): string {
    if (items.length === 0) return '';
    const around = bytes(head) + bytes(foot) + MORE;
    let text = '';
    let shown = 0;
    for (const item of items) {
      if (around + bytes(text) + bytes(item) > this.left) break;
      text += item;
      shown += 1;
    }
    if (shown === 0) return '';
    const hidden = items.length + unwritten - shown;
    const whole = `${head}${text}${hidden > 0 ? `- … and ${hidden} more\n` : ''}${foot}`;
    this.left -= bytes(whole);
    return whole;
  }
}

/** The line that tells how many are not shown. */
const MORE = 40;

function block(text: string): Block {
  return { head: '', items: [text], unwritten: 0, foot: '' };
}

/** The first of them: to write what is never shown takes time. */
function written<T>(
  all: readonly T[],
  most: number,
  write: (one: T) => string,
): Pick<Block, 'items' | 'unwritten'> {
  return { items: all.slice(0, most).map(write), unwritten: Math.max(0, all.length - most) };
}

function answerText(result: CheckResult): string {
  const { word, by, joint, score, limits } = answerOf(result);
  const because = by === '' ? '' : ` ${joint} ${code(by, 1_000)}`;
  const more = [score, ...limits.map((one) => code(one)), durationText(result.durationMs)];
  return (
    `### ${ANSWER_MARKS[result.readiness.kind]} ${code(result.service, 80)}: ${word}\n\n` +
    `**${word}**${because}\n\n${more.filter(Boolean).join(' · ')}\n`
  );
}

function causesBlock(title: string, story: Story, weight: Trouble['weight']): Block {
  const own = story.causes.filter((cause) => cause.weight === weight);
  const expired = weight === 'blocks' ? story.waivers.filter(({ blocks }) => blocks) : [];
  const items = written([...expired, ...own], MOST_CAUSES, (one) =>
    'waiver' in one ? waiverItem(one) : causeItem(one),
  );
  return { head: `\n#### ${title}\n\n`, ...items, foot: '' };
}

/** Those that stop nothing. */
function waiversBlock({ waivers }: Story): Block {
  const own = waivers.filter(({ blocks }) => !blocks);
  return { head: '\n#### Waivers\n\n', ...written(own, MOST_CAUSES, waiverItem), foot: '' };
}

const WAIVER_WORDS: Readonly<Record<ToldWaiver['kind'], string>> = {
  ...{ covers: 'waived', expired: 'expired', ends_soon: 'ends soon', unused: 'unused' },
};

function waiverItem({ kind, gate, said, rows }: ToldWaiver): string {
  const told = rows.map(([label, text]) => [label, code(text)].filter(Boolean).join(' '));
  return `- **${gate ?? WAIVER_WORDS[kind]}** ${[code(said, 500), ...told].join('<br>')}\n`;
}

const MOST_CAUSES = 40;
/** Of one cause. */
const MOST_SENTENCES = 5;

function causeItem({ said, sentences }: Trouble): string {
  const gates = [...new Set(sentences.map(({ verdict }) => verdict.gate))].join(', ');
  const asked = sentences.slice(0, MOST_SENTENCES).map(({ judged }) => {
    const { place, text, changedBy } = judged.sentence;
    const changed = changedBy === undefined ? '' : `, changed by ${code(changedBy)}`;
    const own = said.includes(text) ? '' : ` ${code(text)}`;
    const accepted = acceptedIn(judged).map((one) => `, ${code(one)}`);
    return `asked by ${code(`${place.file}:${place.line}`)}${own}${changed}${accepted.join('')}`;
  });
  const hidden = sentences.length - asked.length;
  const more = hidden > 0 ? [`and by ${plural(hidden, 'more sentence')}`] : [];
  return `- **${gates}** ${[code(said.join('; '), 500), ...asked, ...more].join('<br>')}\n`;
}

function gatesTable({ verdicts }: CheckResult): string {
  const rows = verdicts.map(({ gate, kind, mode, sentences }) => {
    const of = (standing: string) =>
      sentences.filter((judged) => judged.standing.kind === standing).length;
    const counts = [of('good'), of('bad'), of('untold'), of('not_applicable')].join(' | ');
    const observed = mode === 'observe' ? ' (observed only)' : '';
    return `| ${gate} | ${MARKS[kind]} ${wordOf(kind)}${observed} | ${counts} |\n`;
  });
  const head = '| gate | verdict | holds | fails | cannot be told | not applicable |\n';
  return rows.length === 0
    ? ''
    : `\n${head}| --- | --- | --: | --: | --: | --: |\n${rows.join('')}`;
}

const wordOf = (kind: VerdictKind): string => verdictWord(kind);

const MOST_FINDINGS = 100;

/** Notes stay in the file: here they would hide what matters. */
function findingsBlock({ findings }: Story): Block {
  const grave = findings.filter(({ finding }) => finding.severity !== 'info');
  const count = (severity: string) =>
    grave.filter(({ finding }) => finding.severity === severity).length;
  const found = [plural(count('error'), 'error'), plural(count('warning'), 'warning')].join(', ');
  return {
    head: `\n<details open>\n<summary>Found: ${found}</summary>\n\n`,
    ...written(grave, MOST_FINDINGS, findingItem),
    foot: '\n</details>\n',
  };
}

function findingItem({ finding, runner, severity, acceptedBy }: ToldFinding): string {
  const { rule, message, file, line, column } = finding;
  const place = [file, ...(file === undefined ? [] : [line, column])].filter(
    (part) => part !== undefined,
  );
  const where = place.length === 0 ? '' : ` ${code(place.join(':'))}`;
  const mark = severity === 'error' ? '❌' : '⚠️';
  const accepted = acceptedBy === undefined ? '' : `<br>${code(waivedByText(acceptedBy))}`;
  return `- ${mark}${where} ${code(`${runner.id}/${rule}`, 120)}<br>${code(message)}${accepted}\n`;
}

function absencesBlock({ absences }: Story): Block {
  const items = written(absences, MOST_CAUSES, ({ id, measurement }) => {
    const { why, state, help } = measurement;
    const mend = help === undefined ? '' : `<br>${code(help, 500)}`;
    return `- ${code(`${id}: ${why ?? state.replaceAll('_', ' ')}`, 500)}${mend}\n`;
  });
  return { head: '\n#### Not measured\n\n', ...items, foot: '' };
}

function scoreBlock({ score }: CheckResult): Block {
  const items = written(score?.components ?? [], 100, ({ name, weight, evidence, ...points }) => {
    const share = `${Math.floor(evidence * 100 + 1e-9)} % measured`;
    return `- ${code(name)} ${pointsText(points) || 'no score'}, weight ${Math.round(weight * 1000) / 10} %, ${share}\n`;
  });
  const head = '\n<details>\n<summary>The score</summary>\n\n';
  return { head, ...items, foot: '\n</details>\n' };
}

const RUNNER_MARKS = { good: '✅', bad: '❌', warn: '⚠️', unknown: '❔', none: '➖' } as const;

function runnersBlock({ runners }: CheckResult): Block {
  const active = runners.filter(({ measurement }) => lookOf(measurement) !== 'none');
  const items = written(active, 200, (runner) => `- ${runnerText(runner)}\n`);
  const head = '\n<details>\n<summary>Who measured</summary>\n\n';
  return { head, ...items, foot: '\n</details>\n' };
}

function runnerText({ id, measurement, durationMs }: RunnerResult): string {
  const { tool, version } = measurement.evidence ?? {};
  const by = [id, tool === id ? undefined : tool, version].filter((part) => part !== undefined);
  const mark = RUNNER_MARKS[lookOf(measurement)];
  return `${mark} ${code(by.join(' '))} ${durationText(durationMs)}: ${code(glance(measurement))}`;
}

function footText({ commit, dirty, configuration, partial }: CheckResult): string {
  const at = commit === undefined ? [] : [`commit ${code(commit.slice(0, 12))}`];
  const changed = dirty === true ? ['with changes'] : [];
  const kept = `.nemesis/reports/${partial === undefined ? 'check' : 'partial'}.json`;
  return [...at, ...changed, code(configuration, 100), `everything is in ${code(kept)}`].join(
    ' · ',
  );
}
