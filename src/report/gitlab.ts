/**
 * GitLab's Code Quality report: remarks beside the changed lines of a merge request.
 * https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */

import type { CheckResult } from '../pipeline/result.ts';
import { fingerprints } from './fingerprint.ts';
import { jsonText } from './json-text.ts';
import {
  acceptedIn,
  storyOf,
  type Story,
  type ToldFinding,
  type ToldSentence,
  type ToldWaivedFinding,
} from './story.ts';
import { waivedByText, type ToldWaiver } from './told-waivers.ts';
import {
  sentenceSpot,
  spotFinder,
  spotOf,
  waiverSpot,
  type Spot,
  type Surroundings,
} from './where.ts';
import { fit, harmless } from './wording.ts';

/** What is beyond that is left out, the least grave first: the page that shows it takes no more either. */
export const MOST_REMARKS = 10_000;
const LONGEST = 1_000;

interface Remark {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const OF_SENTENCES = { blocks: 'blocker', undecided: 'critical', warns: 'minor' } as const;
const OF_FINDINGS = { error: 'major', warning: 'minor', info: 'info' } as const;

export function gitlabText(result: CheckResult, { prefix }: Surroundings): string {
  const story = storyOf(result);
  const finder = spotFinder(result, prefix);
  const fingerprint = fingerprints();
  const ofSentence = (told: ToldSentence): Remark => {
    const { agent, text } = told.judged.sentence;
    const said = [...told.said, ...acceptedIn(told.judged)];
    return {
      ...named(`${told.verdict.gate}: ${said.join('; ')}`, `nemesis/${agent}`),
      fingerprint: fingerprint('nemesis', agent, text),
      severity: OF_SENTENCES[told.weight as keyof typeof OF_SENTENCES],
      location: located(sentenceSpot(told, { prefix })),
    };
  };
  const ofWaiver = ({ kind, gate, blocks, waiver, said }: ToldWaiver): Remark => ({
    ...named(
      `${gate === undefined ? '' : `${gate}: `}${said}; ${waivedByText(waiver)}`,
      `nemesis/waiver-${kind}`,
    ),
    fingerprint: fingerprint('nemesis', 'waiver', kind, said),
    severity: blocks ? 'blocker' : 'minor',
    location: located(waiverSpot(waiver, { prefix })),
  });
  const ofFinding = (told: ToldFinding | ToldWaivedFinding): Remark => {
    const { finding, runner } = told;
    const { rule, message, file = '' } = finding;
    const waiver = 'waiver' in told ? told.waiver : told.acceptedBy;
    const said = waiver === undefined ? message : `${message}; ${waivedByText(waiver)}`;
    return {
      ...named(said, `${runner.id}/${rule}`),
      fingerprint: fingerprint(runner.id, rule, file, message),
      // Left out, it would look as if somebody had mended it.
      severity: 'waiver' in told ? 'info' : OF_FINDINGS[told.severity],
      location: located(spotOf(told, finder)),
    };
  };
  const own = [...waiversThat(story, true).map(ofWaiver), ...story.troubles.map(ofSentence)];
  const first = [...own, ...waiversThat(story, false).map(ofWaiver)].slice(0, MOST_REMARKS);
  const rest = [...story.findings, ...story.waived].slice(0, MOST_REMARKS - first.length);
  return jsonText([...first, ...rest.map(ofFinding)]);
}

/** What one covers stands with the findings and sentences. */
const waiversThat = ({ waivers }: Story, blocks: boolean) =>
  waivers.filter((told) => told.kind !== 'covers' && told.blocks === blocks);

const named = (description: string, name: string) => ({
  description: fit(harmless(description), LONGEST),
  check_name: fit(harmless(name), LONGEST),
});

const located = ({ path, line }: Spot) => ({ path, lines: { begin: line } });
