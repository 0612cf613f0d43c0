/** What was waived, by whom and until when; the waivers that need a person; and what the baseline says. */

import { formatValue } from '../language/index.ts';
import { dayOf } from '../judge/day.ts';
import { daysLeft, whatText, type Waiver } from '../judge/waiver.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { placeOf } from './findings.ts';
import { fit, harmless, plural, wrap, type Style } from './text.ts';

const MOST_FINDINGS = 5;
const MOST_NEW = 10;

/** A block for each waiver that covered something, then those that have expired, soon will, or cover nothing. */
export function waiverLines({ waived, startedAt }: CheckResult, style: Style): string[] {
  const { paint } = style;
  const block = (word: string, text: string, rows: Rows) => blockLines(word, text, rows, style);
  const covered = coveredBy(waived).flatMap(([waiver, what]) =>
    block(paint.yellow('waived   '), what.headline, [
      ['waived by', termsOf(waiver)],
      ['stands in', standsIn(waiver)],
      ...what.rows,
    ]),
  );
  const expired = waived.expired.flatMap((waiver) =>
    block(paint.red('blocked  '), `a waiver expired on ${waiver.until}: ${whatText(waiver)}`, [
      ['stands in', standsIn(waiver)],
      ['waived by', `${waiver.who}: ${waiver.why}`],
      ['to pass', 'mend what it covers and take it out, or renew it in a reviewed change'],
    ]),
  );
  const today = dayOf(startedAt);
  const soon = waived.soon.flatMap((waiver) => {
    const left = daysLeft(waiver, today);
    const when = left === 0 ? 'today' : `in ${plural(left, 'day')}`;
    const text = `a waiver ends ${when}, then it blocks: ${whatText(waiver)}`;
    return block(paint.yellow('warned   '), text, [['stands in', standsIn(waiver)]]);
  });
  const unused = waived.unused.flatMap((waiver) =>
    block(paint.yellow('warned   '), `a waiver covers nothing any more: ${whatText(waiver)}`, [
      ['stands in', standsIn(waiver)],
      ['next', 'take it out'],
    ]),
  );
  return [...covered, ...expired, ...soon, ...unused];
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
  const places = fresh.slice(0, MOST_NEW).map((finding): Rows[number] => {
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

type Rows = (readonly [label: string, text: string])[];

function blockLines(word: string, text: string, rows: Rows, { paint, columns }: Style): string[] {
  const [first = '', ...more] = wrap(harmless(text), columns - 10);
  const below = rows.flatMap(([label, said]) =>
    wrap(harmless(said), columns - 14).map(
      (line, index) => `  ${paint.dim((index === 0 ? label : '').padEnd(11))} ${line}`,
    ),
  );
  return [`${word} ${first}`, ...more.map((line) => `          ${line}`), ...below];
}

const termsOf = ({ who, why, until }: Waiver) => `${who} until ${until}: ${why}`;

const standsIn = ({ place }: Waiver) => `${place.file}:${place.line}:${place.column}`;

interface Covered {
  readonly headline: string;
  readonly rows: Rows;
}

function coveredBy({ findings, sentences }: CheckResult['waived']): [Waiver, Covered][] {
  const waivers = new Set<Waiver>([
    ...findings.map(({ waiver }) => waiver),
    ...sentences.flatMap(({ judged }) => judged.waivedBy ?? []),
  ]);
  return [...waivers].map((waiver) => {
    const found = findings.filter((one) => one.waiver === waiver).map(({ finding }) => finding);
    const told = sentences.filter(({ judged }) => judged.waivedBy === waiver);
    const rows: Rows = [
      ...found
        .slice(0, MOST_FINDINGS)
        .map((finding): Rows[number] => ['', `${placeOf(finding)} ${finding.rule}`.trim()]),
      ...told.flatMap(({ judged: { sentence, explanation } }): Rows => [
        ['asked by', `${sentence.place.file}:${sentence.place.line}  ${sentence.text}`],
        ...explanation.map((line): Rows[number] => ['', line]),
      ]),
    ];
    const hidden = found.length - MOST_FINDINGS;
    if (hidden > 0) rows.push(['', `… and ${hidden} more`]);
    const count = found.length > 0 ? `${plural(found.length, 'finding')}: ` : '';
    return [waiver, { headline: `${count}${whatText(waiver)}`, rows }];
  });
}
