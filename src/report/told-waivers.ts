/** What there is to tell of waivers, for every output: what stops a gate, what is accepted, what needs a person soon. */

import type { GateName } from '../judge/agent.ts';
import { dayOf } from '../judge/day.ts';
import { daysLeft, whatText, type Waiver } from '../judge/waiver.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { placeOf } from './finding-place.ts';
import { plural } from './wording.ts';

const MOST_FINDINGS = 5;

export interface ToldWaiver {
  /** It `covers` something, has `expired`, `ends_soon`, or is `unused`. */
  readonly kind: 'covers' | 'expired' | 'ends_soon' | 'unused';
  /** The gate that an expired one is about. */
  readonly gate?: GateName;
  /** It stops that gate; elsewhere, and where the gate is only observed, it stops nothing. */
  readonly blocks: boolean;
  readonly waiver: Waiver;
  readonly said: string;
  /** The rest, each line with a word that says what it is; the word is empty where it goes on. */
  readonly rows: readonly Row[];
}

export type Row = readonly [label: string, text: string];

/** One that covers something and ends soon is told twice: these are two things to know. */
export function toldWaivers({ waived, verdicts, startedAt }: CheckResult): readonly ToldWaiver[] {
  const today = dayOf(startedAt);
  return [
    ...coveredBy(waived),
    ...verdicts.flatMap(({ gate, mode, expired = [] }) =>
      expired.map((waiver) => expiredOf(waiver, gate, mode === 'enforce')),
    ),
    ...waived.soon.map((waiver): ToldWaiver => {
      const rows: readonly Row[] = [['stands in', standsIn(waiver)]];
      return { kind: 'ends_soon', blocks: false, waiver, said: soonText(waiver, today), rows };
    }),
    ...waived.unused.map((waiver): ToldWaiver => {
      const said = `a waiver covers nothing any more: ${whatText(waiver)}`;
      const rows: readonly Row[] = [
        ['stands in', standsIn(waiver)],
        ['next', 'take it out'],
      ];
      return { kind: 'unused', blocks: false, waiver, said, rows };
    }),
  ];
}

/** `Ada until 2027-03-31: it goes with SHOP-12`. */
export const termsOf = ({ who, why, until }: Waiver): string => `${who} until ${until}: ${why}`;

/** The same with where that stands, for a remark of one line. */
export const waivedByText = (waiver: Waiver): string =>
  `waived by ${termsOf(waiver)} (${waiver.place.file}:${waiver.place.line})`;

const standsIn = ({ place }: Waiver) => `${place.file}:${place.line}:${place.column}`;

function expiredOf(waiver: Waiver, gate: GateName, blocks: boolean): ToldWaiver {
  const said = `a waiver expired on ${waiver.until}: ${whatText(waiver)}`;
  const rows: readonly Row[] = [
    ['stands in', standsIn(waiver)],
    ['waived by', `${waiver.who}: ${waiver.why}`],
    ['to pass', 'mend what it covers and take it out, or renew it in a reviewed change'],
  ];
  return { kind: 'expired', gate, blocks, waiver, said, rows };
}

function soonText(waiver: Waiver, today: string): string {
  const left = daysLeft(waiver, today);
  const when = left === 0 ? 'today' : `in ${plural(left, 'day')}`;
  return `a waiver ends ${when}, then it blocks: ${whatText(waiver)}`;
}

function coveredBy({ findings, sentences }: CheckResult['waived']): readonly ToldWaiver[] {
  const waivers = new Set<Waiver>([
    ...findings.map(({ waiver }) => waiver),
    ...sentences.flatMap(({ judged }) => judged.waivedBy ?? []),
  ]);
  return [...waivers].map((waiver): ToldWaiver => {
    const found = findings.filter((one) => one.waiver === waiver).map(({ finding }) => finding);
    const told = sentences.filter(({ judged }) => judged.waivedBy === waiver);
    const hidden = found.length - MOST_FINDINGS;
    const count = found.length > 0 ? `${plural(found.length, 'finding')}: ` : '';
    const rows: readonly Row[] = [
      ['waived by', termsOf(waiver)],
      ['stands in', standsIn(waiver)],
      ...found
        .slice(0, MOST_FINDINGS)
        .map((finding): Row => ['', `${placeOf(finding)} ${finding.rule}`.trim()]),
      ...told.flatMap(({ judged: { sentence, explanation } }): Row[] => [
        ['asked by', `${sentence.place.file}:${sentence.place.line}  ${sentence.text}`],
        ...explanation.map((line): Row => ['', line]),
      ]),
      ...(hidden > 0 ? [['', `… and ${hidden} more`] as const] : []),
    ];
    return { kind: 'covers', blocks: false, waiver, said: `${count}${whatText(waiver)}`, rows };
  });
}
