/**
 * GitLab's Code Quality report: remarks beside the changed lines of a merge request.
 * https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */

import type { CheckResult } from '../pipeline/result.ts';
import { fingerprints } from './fingerprint.ts';
import { jsonText } from './json-text.ts';
import { storyOf, type ToldFinding, type ToldSentence } from './story.ts';
import { sentenceSpot, spotFinder, spotOf, type Spot, type Surroundings } from './where.ts';
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
  const { troubles, findings } = storyOf(result);
  const finder = spotFinder(result, prefix);
  const fingerprint = fingerprints();
  const ofSentence = (told: ToldSentence): Remark => {
    const { agent, text } = told.judged.sentence;
    return {
      ...named(`${told.verdict.gate}: ${told.said.join('; ')}`, `nemesis/${agent}`),
      fingerprint: fingerprint('nemesis', agent, text),
      severity: OF_SENTENCES[told.weight as keyof typeof OF_SENTENCES],
      location: located(sentenceSpot(told, { prefix })),
    };
  };
  const ofFinding = (told: ToldFinding): Remark => {
    const { finding, runner } = told;
    const { rule, message, file = '' } = finding;
    return {
      ...named(message, `${runner.id}/${rule}`),
      fingerprint: fingerprint(runner.id, rule, file, message),
      severity: OF_FINDINGS[finding.severity],
      location: located(spotOf(told, finder)),
    };
  };
  const sentences = troubles.slice(0, MOST_REMARKS).map(ofSentence);
  const rest = findings.slice(0, MOST_REMARKS - sentences.length).map(ofFinding);
  return jsonText([...sentences, ...rest]);
}

const named = (description: string, name: string) => ({
  description: fit(harmless(description), LONGEST),
  check_name: fit(harmless(name), LONGEST),
});

const located = ({ path, line }: Spot) => ({ path, lines: { begin: line } });
