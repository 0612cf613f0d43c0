/**
 * Workflow commands of GitHub Actions: remarks beside the changed lines of a pull request.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 *
 * A step may make ten errors, ten warnings and ten notices; what comes later is dropped without a word, so the gravest come first
 * and a last line, which is no command, tells what is not there.
 */

import type { CheckResult } from '../pipeline/result.ts';
import { answerOf } from './answer-words.ts';
import { acceptedIn, storyOf, type ToldFinding, type ToldSentence, type Trouble } from './story.ts';
import { termsOf, waivedByText, type ToldWaiver } from './told-waivers.ts';
import {
  spotFinder,
  spotOf,
  waiverSpot,
  type Spot,
  type SpotFinder,
  type Surroundings,
} from './where.ts';
import { fit, harmless, plural, withoutCommands } from './wording.ts';

const MOST = { error: 10, warning: 10, notice: 10 } as const;
const LEVELS = ['error', 'warning', 'notice'] as const;
/** Of the ten, so many at the most for sentences: remarks with a line of code help sooner. */
const MOST_SENTENCES = 4;
const LONGEST = 800;

interface Annotation {
  readonly level: keyof typeof MOST;
  readonly title: string;
  readonly message: string;
  readonly spot: Spot | undefined;
}

export function githubText(result: CheckResult, { prefix }: Surroundings): string {
  const { causes, findings, waivers } = storyOf(result);
  const finder = spotFinder(result, prefix);
  const all = [
    ...answered(result),
    ...waivers.map((told) => ofWaiver(told, prefix)),
    ...causes.filter(({ weight }) => weight !== 'warns').map(ofCause),
    ...findings
      .filter(({ severity }) => severity !== 'info')
      .map((told) => ofFinding(told, finder)),
    ...causes.filter(({ weight }) => weight === 'warns').map(ofCause),
  ];
  const shown = LEVELS.flatMap((level) => chosen(all, level));
  const hidden = all.length - shown.length;
  const more = `${plural(hidden, 'more remark')} of nemesis not annotated: a step shows ten errors, ten warnings and ten notices`;
  const lines = [...shown.map(commandOf), ...(hidden > 0 ? [withoutCommands(more)] : [])];
  return lines.map((line) => `${line}\n`).join('');
}

/** The answer itself, where it is not a yes. */
function answered(result: CheckResult): readonly Annotation[] {
  const { kind } = result.readiness;
  if (kind === 'ready') return [];
  const { word, by, joint, score } = answerOf(result);
  const message = [by === '' ? word : `${word} ${joint} ${by}`, score].filter(Boolean).join(' · ');
  const level = kind === 'caution' ? 'warning' : 'error';
  return [{ level, title: `nemesis: ${result.service}`, message, spot: undefined }];
}

const WORDS: Readonly<Record<Trouble['weight'], string>> = {
  ...{ blocks: 'blocked', undecided: 'undecided', warns: 'warned' },
  ...{ holds: 'passed', not_applicable: 'not applicable' },
};

function ofCause({ weight, said, sentences }: Trouble): Annotation {
  const [{ judged }] = sentences as readonly [ToldSentence];
  const { place, text } = judged.sentence;
  const gates = [...new Set(sentences.map(({ verdict }) => verdict.gate))].join(', ');
  const others = sentences.length - 1;
  const more = others === 0 ? '' : `, and ${plural(others, 'other sentence')}`;
  const accepted = new Set(sentences.flatMap((told) => acceptedIn(told.judged)));
  return {
    level: weight === 'warns' ? 'warning' : 'error',
    title: `nemesis: ${gates} ${WORDS[weight]}`,
    message: `${[...said, ...accepted].join('; ')} (${text}, asked by ${place.file}:${place.line}${more})`,
    spot: undefined,
  };
}

/** What one covers is no trouble: it is told, and warns nobody. */
function ofWaiver({ kind, gate, blocks, waiver, said }: ToldWaiver, prefix: string): Annotation {
  const title =
    gate === undefined
      ? `nemesis: ${TITLES[kind]}`
      : `nemesis: ${gate} ${blocks ? 'blocked' : 'warned'}`;
  return {
    level: blocks ? 'error' : kind === 'covers' ? 'notice' : 'warning',
    title,
    message: `${said}; waived by ${termsOf(waiver)}`,
    spot: waiverSpot(waiver, { prefix }),
  };
}

const TITLES = {
  ...{ covers: 'waived', expired: 'a waiver has expired' },
  ...{ ends_soon: 'a waiver ends soon', unused: 'a waiver is unused' },
} as const;

function ofFinding(told: ToldFinding, finder: SpotFinder): Annotation {
  const { finding, runner, severity, acceptedBy } = told;
  const spot = spotOf(told, finder);
  const accepted = acceptedBy === undefined ? [] : [waivedByText(acceptedBy)];
  return {
    level: severity === 'error' ? 'error' : 'warning',
    title: `${runner.id}: ${finding.rule}`,
    message: [finding.message, ...accepted].join('; '),
    spot: spot.instead === true ? undefined : spot,
  };
}

function chosen(all: readonly Annotation[], level: Annotation['level']): readonly Annotation[] {
  const own = all.filter((one) => one.level === level);
  const room = MOST[level];
  const sentences = own.filter(({ spot }) => spot === undefined);
  const located = own.filter(({ spot }) => spot !== undefined);
  const first = Math.max(MOST_SENTENCES, room - located.length);
  const kept = new Set([...sentences.slice(0, first), ...located].slice(0, room));
  return own.filter((one) => kept.has(one));
}

function commandOf({ level, title, message, spot }: Annotation): string {
  const place: readonly (readonly [string, string])[] =
    spot === undefined
      ? []
      : [
          ['file', spot.path],
          ['line', String(spot.line)],
          ...(spot.column === undefined ? [] : [['col', String(spot.column)] as const]),
        ];
  const properties = [...place, ['title', fit(harmless(title), 200)] as const]
    .map(([name, value]) => `${name}=${property(value)}`)
    .join(',');
  return `::${level} ${properties}::${data(fit(harmless(message), LONGEST))}`;
}

/** As the runner of GitHub reads it back; what it does not read back is made harmless. */
function data(text: string): string {
  return text
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replace(/#(?=#[A-Za-z]{0,20}\[)/g, '# ');
}

function property(text: string): string {
  return data(harmless(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
