/** Words of an emergency rollback that has nowhere to go, and what its environment looks like. */

import type { ReleaseRecord } from '../../history/records.ts';
import type { Observed } from '../driver.ts';
import type { Known } from '../last-good.ts';
import { commandFor } from './choose-environment.ts';
import { presentIn, type ReleaseChoice } from './choose-release.ts';
import type { Report } from './report.ts';

/** Tells why nothing was done. */
export function tellNoWay(
  choice: Exclude<ReleaseChoice, { kind: 'restore' | 'withdraw' }>,
  observed: Observed,
  known: Known,
  report: Report,
): 'yes' | 'asked_wrongly' | 'rollback_failed' {
  const { environment } = known;
  const serves = servesText(observed);
  switch (choice.kind) {
    case 'serves_already':
      report.unchanged(`${choice.good.version} serves ${environment} already: ${serves}`, [
        'to go further back, name the release',
        ...restorableLines(presentIn(observed), choice.good, known),
      ]);
      return 'yes';
    case 'nothing_before':
      report.failed(`nothing is known to have served ${environment} before: ${serves}`, [
        'what serves was left alone',
        ...restorableLines(presentIn(observed), choice.serves, known),
      ]);
      return 'rollback_failed';
    case 'not_restorable':
      report.failed(
        `${choice.wanted} cannot be restored in ${environment}; what serves was left alone`,
        [`it serves: ${serves}`, ...restorableLines(presentIn(observed), null, known)],
      );
      return 'rollback_failed';
    case 'undecided':
      report.asks(
        `what is known does not tell which release of ${environment} was good: ${serves}`,
        presentIn(observed).map(({ version }) => commandFor(known, version)),
      );
      return 'asked_wrongly';
  }
}

/** `1.8.2 100 % 4/4 healthy, 1.9.0 0 % 4/4 healthy` */
export function servesText({ slots }: Observed): string {
  if (slots.length === 0) return 'nothing runs';
  return slots
    .map(({ release, share, healthy, instances }) => {
      const percent = Math.round(share * 1000) / 10;
      return `${release.version} ${percent} % ${healthy}/${instances} healthy`;
    })
    .join(', ');
}

export function restorableLines(
  all: readonly ReleaseRecord[],
  but: ReleaseRecord | null,
  known: Known,
): readonly string[] {
  const versions = all.map(({ version }) => version).filter((one) => one !== but?.version);
  if (versions.length === 0) return ['there is no other release that could be restored'];
  return [
    'these can be restored:',
    ...versions.map((version) => `  ${commandFor(known, version)}`),
  ];
}

export function byHand({ driver }: Known): readonly string[] {
  const words = driver['byHand'];
  return typeof words === 'string' ? [`by hand: ${words}`] : [];
}
