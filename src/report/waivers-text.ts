/** What was waived, by whom and until when; the waivers that need a person; and what the baseline says. */

import { formatValue } from '../language/index.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { placeOf } from './finding-place.ts';
import { fit, harmless, plural, wrap, type Style } from './text.ts';
import { toldWaivers, type Row, type ToldWaiver } from './told-waivers.ts';

const MOST_NEW = 10;

/** A block for each waiver that covered something, then those that have expired, soon will, or cover nothing. */
export function waiverLines(result: CheckResult, style: Style): string[] {
  return toldWaivers(result).flatMap((told) =>
    blockLines(wordOf(told, style), told.said, told.rows, style),
  );
}

function wordOf({ kind, blocks }: ToldWaiver, { paint }: Style): string {
  if (blocks) return paint.red('blocked  ');
  return paint.yellow(kind === 'covers' ? 'waived   ' : 'warned   ');
}

/** What the work tree would change in the gates it was not judged by: every line of it, since each may be the one. */
export function trustedLines({ trusted }: CheckResult, style: Style): string[] {
  return (trusted?.changes ?? []).flatMap(({ kind, text, at }) => {
    const word = kind === 'loosens' ? style.paint.yellow('loosens  ') : 'changes  ';
    const said = `this change ${kind}: ${text}${at === undefined ? '' : `, ${at}`}`;
    return blockLines(word, said, [], style);
  });
}

/** What is not in the baseline, and that it can be tightened. */
export function baselineLines({ baseline, catalogue }: CheckResult, style: Style): string[] {
  if (baseline === undefined) return [];
  const { fresh, tighter, fixed } = baseline;
  const { paint } = style;
  const places = fresh.slice(0, MOST_NEW).map((finding): Row => {
    return ['', `${placeOf(finding) || finding.tool} ${finding.rule}`];
  });
  if (fresh.length > MOST_NEW) places.push(['', `… and ${fresh.length - MOST_NEW} more`]);
  const isNew = plural(fresh.length, 'finding is', 'findings are');
  const lines =
    fresh.length === 0
      ? []
      : blockLines(paint.yellow('new      '), `${isNew} not in the baseline`, places, style);
  const numbers = tighter.map(({ metric, from, to }) => {
    const dimension = catalogue.get(metric)?.dimension ?? 'number';
    return `${metric} from ${formatValue(from, dimension)} to ${formatValue(to, dimension)}`;
  });
  const gone = fixed === 0 ? [] : [plural(fixed, 'finding is gone', 'findings are gone')];
  const better = [...numbers, ...gone];
  if (better.length === 0) return lines;
  const text = `the baseline can be tightened: ${fit(better.join(', '), 400)}`;
  return [...lines, ...blockLines(paint.green('better   '), text, [['next', UPDATE]], style)];
}

const UPDATE = 'nemesis baseline:update';

function blockLines(
  word: string,
  text: string,
  rows: readonly Row[],
  { paint, columns }: Style,
): string[] {
  const [first = '', ...more] = wrap(harmless(text), columns - 10);
  const below = rows.flatMap(([label, said]) =>
    wrap(harmless(said), columns - 14).map(
      (line, index) => `  ${paint.dim((index === 0 ? label : '').padEnd(11))} ${line}`,
    ),
  );
  return [`${word} ${first}`, ...more.map((line) => `          ${line}`), ...below];
}
