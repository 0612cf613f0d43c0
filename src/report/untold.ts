/** Sentences that cannot be told, under the cause they share: one outage is one message, however many ask about it. */

import type { JudgedSentence } from '../judge/verdict.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { lookOf } from './lines.ts';
import { fit, harmless, plural, wrap, type Style } from './text.ts';

interface Cause {
  readonly why: string;
  readonly tolerated: string;
  readonly blocks: boolean;
  readonly gates: Set<string>;
  readonly sentences: JudgedSentence[];
}

const MOST_SENTENCES = 6;

export function untoldLines(result: CheckResult, style: Style): string[] {
  const absent = result.runners
    .filter(({ measurement }) => lookOf(measurement) === 'unknown')
    .map(({ id }) => id);
  return causes(result).flatMap((cause) => causeLines(cause, absent, style));
}

/** The reasons of runners are told once, above; here their names are enough. */
function shortly(why: string, absent: readonly string[]): string {
  const parts = why.split('; ').map((part) => {
    const runner = absent.find((id) => part.startsWith(`${id}: `));
    return runner === undefined ? part : `${runner} did not measure`;
  });
  return [...new Set(parts)].join('; ');
}

function causes(result: CheckResult): readonly Cause[] {
  const found = new Map<string, Cause>();
  for (const { gate, sentences } of result.verdicts) {
    for (const judged of sentences) {
      const { standing, sentence } = judged;
      if (standing.kind !== 'untold') continue;
      const tolerated = standing.tolerated
        .map(({ runner, state, place }) => `${runner}: ${state} (${place.file}:${place.line})`)
        .join(', ');
      const blocks = sentence.level === 'block' && tolerated === '';
      const key = `${standing.why} ${tolerated} ${blocks}`;
      const cause = found.get(key) ?? {
        why: standing.why,
        tolerated,
        blocks,
        gates: new Set(),
        sentences: [],
      };
      cause.gates.add(gate);
      cause.sentences.push(judged);
      found.set(key, cause);
    }
  }
  return [...found.values()];
}

function causeLines(cause: Cause, absent: readonly string[], { paint, columns }: Style): string[] {
  const word = cause.blocks ? paint.yellow('undecided') : paint.yellow('warned'.padEnd(9));
  const count = plural(cause.sentences.length, 'sentence');
  const text = `${[...cause.gates].join(', ')} · ${count} cannot be told: ${shortly(cause.why, absent)}`;
  const [first = '', ...more] = wrap(harmless(text), columns - 10);
  const shown = cause.sentences.slice(0, MOST_SENTENCES).map(({ sentence }) => {
    const place = `${sentence.place.file}:${sentence.place.line}`;
    return fit(harmless(`${sentence.text}  ${place}`), columns - 14);
  });
  const hidden = cause.sentences.length - shown.length;
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
