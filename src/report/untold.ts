/** Sentences that cannot be told, under the cause they share: one outage is one message, however many ask about it. */

import type { JudgedSentence } from '../judge/verdict.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { lookOf } from './look.ts';
import { harmless, plural, wrap, type Style } from './text.ts';

interface Cause {
  /** Runners that did not measure. */
  readonly runners: Set<string>;
  readonly other: readonly string[];
  readonly tolerated: string;
  readonly blocks: boolean;
  readonly gates: Set<string>;
  readonly sentences: JudgedSentence[];
}

/** What blocks is shown longer than what only warns. */
const MOST_SENTENCES = { blocking: 6, warning: 3 };

export function untoldLines(result: CheckResult, style: Style): string[] {
  const absent = result.runners
    .filter(({ measurement }) => lookOf(measurement) === 'unknown')
    .map(({ id }) => id);
  return causes(result, absent).flatMap((cause) => causeLines(cause, style));
}

/** The reasons of runners are told once, above: here all that did not measure are one cause. */
function shortly(why: string, absent: readonly string[]): { runners: string[]; other: string[] } {
  const runners: string[] = [];
  const other: string[] = [];
  for (const part of why.split('; ')) {
    const runner = absent.find((id) => part.startsWith(`${id}: `));
    if (runner === undefined) other.push(part);
    else runners.push(runner);
  }
  return { runners, other };
}

function causes(result: CheckResult, absent: readonly string[]): readonly Cause[] {
  const found = new Map<string, Cause>();
  for (const { gate, sentences } of result.verdicts) {
    for (const judged of sentences) {
      const { standing, sentence } = judged;
      if (standing.kind !== 'untold') continue;
      const tolerated = standing.tolerated
        .map(({ runner, state, place }) => `${runner}: ${state} (${place.file}:${place.line})`)
        .join(', ');
      const blocks = sentence.level === 'block' && tolerated === '';
      const { runners, other } = shortly(standing.why, absent);
      const key = `${[...new Set(other)].join('; ')} ${tolerated} ${blocks}`;
      const cause = found.get(key) ?? {
        other: [...new Set(other)],
        runners: new Set(),
        tolerated,
        blocks,
        gates: new Set(),
        sentences: [],
      };
      for (const runner of runners) cause.runners.add(runner);
      cause.gates.add(gate);
      cause.sentences.push(judged);
      found.set(key, cause);
    }
  }
  return [...found.values()].sort((a, b) => Number(b.blocks) - Number(a.blocks));
}

function whyOf({ runners, other }: Cause): string {
  const names = runners.size === 0 ? [] : [`${[...runners].join(', ')} did not measure`];
  return [...names, ...other].join('; ');
}

function causeLines(cause: Cause, { paint, columns }: Style): string[] {
  const word = cause.blocks ? paint.yellow('undecided') : paint.yellow('warned'.padEnd(9));
  const count = plural(cause.sentences.length, 'sentence');
  const text = `${[...cause.gates].join(', ')} · ${count} cannot be told: ${whyOf(cause)}`;
  const [first = '', ...more] = wrap(harmless(text), columns - 10);
  const told = cause.sentences.slice(0, MOST_SENTENCES[cause.blocks ? 'blocking' : 'warning']);
  const shown = told.flatMap(({ sentence }) => {
    const place = `${sentence.place.file}:${sentence.place.line}`;
    const whole = harmless(`${place}  ${sentence.text}`);
    // A place that is cut leads nowhere.
    return whole.length <= columns - 14
      ? [whole]
      : [harmless(place), harmless(`  ${sentence.text}`)];
  });
  const hidden = cause.sentences.length - told.length;
  if (hidden > 0) shown.push(`… ${plural(hidden, 'more sentence')}`);
  const label = (name: string, lines: readonly string[]) =>
    lines.map((line, index) => `  ${paint.dim((index === 0 ? name : '').padEnd(11))} ${line}`);
  return [
    `${word} ${first}`,
    ...more.map((line) => `          ${line}`),
    ...label('asked by', shown),
    ...(cause.tolerated === ''
      ? []
      : label('tolerated', wrap(harmless(cause.tolerated), columns - 14))),
  ];
}
