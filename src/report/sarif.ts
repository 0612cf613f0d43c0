/**
 * SARIF 2.1.0: a run of nemesis' own with the sentences that do not hold and the tools that did not measure, and one
 * run per runner that did. Its numbers are within what GitHub takes.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
 *
 * A tool without numbers has no run: an empty one would close every alert it ever made.
 */

import type { CheckResult, RunnerResult } from '../pipeline/result.ts';
import { fingerprints } from './fingerprint.ts';
import { jsonText } from './json-text.ts';
import { lookOf } from './look.ts';
import { within, type SarifLimits } from './sarif-limits.ts';
import { notification, runOf, type Remark, type SarifRun } from './sarif-run.ts';
import { bySeverity, storyOf, toleratedIn, type Story, type ToldSentence } from './story.ts';
import { sentenceSpot, spotFinder, spotOf, type SpotFinder, type Surroundings } from './where.ts';

/** https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning */
export const GITHUB_TAKES: SarifLimits = {
  runs: 20,
  results: 25_000,
  gzippedBytes: 10_000_000,
};

export function sarifText(
  result: CheckResult,
  surroundings: Surroundings,
  limits: SarifLimits = GITHUB_TAKES,
): string {
  const finder = spotFinder(result, surroundings.prefix);
  const measured = result.runners.filter(
    ({ gate, measurement }) =>
      gate !== 'monitor' && ['good', 'warn', 'bad'].includes(lookOf(measurement)),
  );
  // One is nemesis' own. Beyond the rest, those that found nothing are given up first.
  const room = limits.runs - 1;
  const chosen = new Set(
    [...measured].sort((a, b) => findingsOf(b) - findingsOf(a)).slice(0, room),
  );
  const guests = result.runners.filter((runner) => !chosen.has(runner));
  const runs = [
    ownRun(result, surroundings, finder, guests),
    ...measured.filter((runner) => chosen.has(runner)).map((runner) => toolRun(runner, finder)),
  ];
  const log = (cut: readonly SarifRun[]) =>
    jsonText({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: cut,
    });
  return within(runs, limits, log);
}

const findingsOf = ({ measurement }: RunnerResult): number =>
  Math.min(1, measurement.findings.length);

/** @param guests runners without a run of their own: what they said all the same stands here */
function ownRun(
  result: CheckResult,
  { version, prefix }: Surroundings,
  finder: SpotFinder,
  guests: readonly RunnerResult[],
): SarifRun {
  const story = storyOf(result);
  const fingerprint = fingerprints();
  const remarks = [
    ...story.troubles.map((told) => sentenceRemark(told, prefix, fingerprint)),
    ...guests.flatMap((runner) => findingRemarks(runner, finder, `${runner.id}/`)),
  ];
  const { readiness, score, commit, dirty, configuration, partial } = result;
  return runOf({
    name: 'nemesis',
    version,
    about: 'nemesis',
    remarks,
    isSuccessful: readiness.kind !== 'undecided',
    notifications: absenceNotes(story, result),
    properties: {
      readiness: readiness.kind,
      because: readiness.because,
      score: score === undefined ? null : { low: score.low ?? null, high: score.high ?? null },
      commit: commit ?? null,
      dirty: dirty ?? null,
      configuration,
      partial: partial ?? null,
    },
  });
}

function sentenceRemark(
  told: ToldSentence,
  prefix: string,
  fingerprint: ReturnType<typeof fingerprints>,
): Remark {
  const { agent, text } = told.judged.sentence;
  return {
    rule: `${agent}: ${text}`,
    about: `the ${told.verdict.gate} gate asks for: ${text}`,
    level: told.weight === 'warns' ? 'warning' : 'error',
    message: [...told.said, ...toleratedIn(told.judged)].join('; '),
    spot: sentenceSpot(told, { prefix }),
    fingerprint: fingerprint(agent, text),
  };
}

function absenceNotes({ absences }: Story, { readings }: CheckResult) {
  const tolerated = new Set(
    [...readings.values()].flatMap((reading) =>
      reading.kind === 'missing' && reading.toleratedBy !== undefined ? [reading.runner] : [],
    ),
  );
  return absences.map(({ id, measurement: { state, why, help } }) => {
    const said = [
      `${id}: ${why ?? state.replaceAll('_', ' ')}`,
      ...(help === undefined ? [] : [help]),
    ];
    const isAccepted = tolerated.has(id);
    const text = isAccepted ? `${said[0]} (tolerated)` : said.join('; ');
    return notification(`nemesis/${state}`, isAccepted ? 'warning' : 'error', text);
  });
}

function toolRun(runner: RunnerResult, finder: SpotFinder): SarifRun {
  const { id, measurement } = runner;
  const { tool = id, version, exitCode } = measurement.evidence ?? {};
  return runOf({
    name: id,
    version,
    about: tool === id ? id : `${tool}, as ${id}`,
    remarks: findingRemarks(runner, finder, ''),
    isSuccessful: true,
    exitCode,
    notifications: [],
    properties: undefined,
  });
}

function findingRemarks(
  runner: RunnerResult,
  finder: SpotFinder,
  before: string,
): readonly Remark[] {
  const fingerprint = fingerprints();
  return bySeverity(runner.measurement.findings).map((finding) => {
    const { rule, message, severity, file = '' } = finding;
    return {
      rule: `${before}${rule}`,
      about: `${rule}, a rule of ${runner.measurement.evidence?.tool ?? runner.id}`,
      level: severity === 'info' ? 'note' : severity,
      message,
      spot: spotOf({ finding, runner }, finder),
      fingerprint: fingerprint(runner.id, rule, file, message),
    };
  });
}
