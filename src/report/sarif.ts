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
  type SpotFinder,
  type Surroundings,
} from './where.ts';

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
  const story = storyOf(result);
  const remarksOf = remarkMaker(story, finder);
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
    ownRun(
      result,
      surroundings,
      story,
      guests.flatMap((runner) => remarksOf(runner, `${runner.id}/`)),
    ),
    ...measured
      .filter((runner) => chosen.has(runner))
      .map((runner) => toolRun(runner, remarksOf(runner, ''))),
  ];
  const log = (cut: readonly SarifRun[]) =>
    jsonText({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: cut,
    });
  return within(runs, limits, log);
}

const findingsOf = ({ measurement: { findings, waived = [] } }: RunnerResult): number =>
  Math.min(1, findings.length + waived.length);

/** @param ofGuests what runners said that have no run of their own */
function ownRun(
  result: CheckResult,
  { version, prefix }: Surroundings,
  story: Story,
  ofGuests: readonly Remark[],
): SarifRun {
  const fingerprint = fingerprints();
  const waivers = story.waivers.filter(({ kind }) => kind !== 'covers');
  const ofWaivers = (blocks: boolean) =>
    waivers
      .filter((told) => told.blocks === blocks)
      .map((told) => waiverRemark(told, prefix, fingerprint));
  const remarks = [
    ...ofWaivers(true),
    ...story.troubles.map((told) => sentenceRemark(told, prefix, fingerprint)),
    ...ofWaivers(false),
    ...ofGuests,
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
    message: [...told.said, ...acceptedIn(told.judged)].join('; '),
    spot: sentenceSpot(told, { prefix }),
    fingerprint: fingerprint(agent, text),
  };
}

function waiverRemark(
  { kind, blocks, waiver, said }: ToldWaiver,
  prefix: string,
  fingerprint: ReturnType<typeof fingerprints>,
): Remark {
  return {
    rule: `waiver: ${kind.replaceAll('_', ' ')}`,
    about: 'a waiver holds until its day, and is taken out when nothing needs it',
    level: blocks ? 'error' : 'warning',
    message: `${said}; ${waivedByText(waiver)}`,
    spot: waiverSpot(waiver, { prefix }),
    fingerprint: fingerprint('waiver', kind, said),
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

function toolRun(runner: RunnerResult, remarks: readonly Remark[]): SarifRun {
  const { id, measurement } = runner;
  const { tool = id, version, exitCode } = measurement.evidence ?? {};
  return runOf({
    name: id,
    version,
    about: tool === id ? id : `${tool}, as ${id}`,
    remarks,
    isSuccessful: true,
    exitCode,
    notifications: [],
    properties: undefined,
  });
}

/** The remarks of one runner, those that are waived last. */
function remarkMaker({ findings, waived }: Story, finder: SpotFinder) {
  const found = Map.groupBy(findings, ({ runner }) => runner);
  const accepted = Map.groupBy(waived, ({ runner }) => runner);
  return (runner: RunnerResult, before: string): readonly Remark[] => {
    const fingerprint = fingerprints();
    return [...(found.get(runner) ?? []), ...(accepted.get(runner) ?? [])].map((told) =>
      findingRemark(told, before, fingerprint, finder),
    );
  };
}

function findingRemark(
  told: ToldFinding | ToldWaivedFinding,
  before: string,
  fingerprint: ReturnType<typeof fingerprints>,
  finder: SpotFinder,
): Remark {
  const { runner, finding } = told;
  const { rule, message, file = '' } = finding;
  const acceptedBy = 'waiver' in told ? undefined : told.acceptedBy;
  const accepted = acceptedBy === undefined ? [] : [waivedByText(acceptedBy)];
  return {
    rule: `${before}${rule}`,
    about: `${rule}, a rule of ${runner.measurement.evidence?.tool ?? runner.id}`,
    level: 'severity' in told && told.severity !== 'info' ? told.severity : 'note',
    message: [message, ...accepted].join('; '),
    spot: spotOf(told, finder),
    fingerprint: fingerprint(runner.id, rule, file, message),
    ...('waiver' in told && { suppressedBy: waivedByText(told.waiver) }),
  };
}
