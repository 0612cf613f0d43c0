/** What there is to tell of a check, the gravest first: made once, so that no output sorts for itself. */

import type { Finding } from '../judge/finding.ts';
import type { GateVerdict, JudgedSentence } from '../judge/verdict.ts';
import type { Waiver } from '../judge/waiver.ts';
import { NOT_ASKED, type CheckResult, type RunnerResult } from '../pipeline/result.ts';
import { acceptedMetrics } from './accepted.ts';
import { failingWords } from './failing.ts';
import { lookOf } from './look.ts';
import { toldWaivers, waivedByText, type ToldWaiver } from './told-waivers.ts';

/**
 * What a sentence does to the release: it `blocks`, it leaves it `undecided`, it `warns` (also what could not be told
 * and only warns, is tolerated or waived, or stands in a gate that is only observed), it holds or says nothing here.
 */
export type Weight = 'blocks' | 'undecided' | 'warns' | 'holds' | 'not_applicable';

export interface ToldSentence {
  readonly verdict: GateVerdict;
  readonly judged: JudgedSentence;
  readonly weight: Weight;
  /** In the words of the sentence: value and limit, or why nobody can tell. */
  readonly said: readonly string[];
}

/** Sentences with one cause: an outage is one message, however many ask about it. */
export interface Trouble {
  readonly weight: Weight;
  readonly said: readonly string[];
  /** One at least. */
  readonly sentences: readonly ToldSentence[];
}

export interface ToldFinding {
  readonly runner: RunnerResult;
  readonly finding: Finding;
  /** What it does to the release: that of the finding, and a warning at most where `acceptedBy` is set. */
  readonly severity: Finding['severity'];
  /** The waiver of the sentence that counts it. */
  readonly acceptedBy?: Waiver;
}

/** It has left its count: it is shown, and weighs nothing. */
export interface ToldWaivedFinding {
  readonly runner: RunnerResult;
  readonly finding: Finding;
  readonly waiver: Waiver;
}

export interface Story {
  /** Those that fail or cannot be told: what blocks, what is undecided, what warns; in each the order of the gates. */
  readonly troubles: readonly ToldSentence[];
  /** The same by what is said of them. */
  readonly causes: readonly Trouble[];
  /** All, by gate as written. */
  readonly sentences: readonly ToldSentence[];
  /** Errors before warnings before notes; in each the runners take turns, so that none hides another. */
  readonly findings: readonly ToldFinding[];
  /** In the order of the runners. */
  readonly waived: readonly ToldWaivedFinding[];
  readonly waivers: readonly ToldWaiver[];
  /** Runners in play that did not measure. */
  readonly absences: readonly RunnerResult[];
  /** Runners that have nothing to measure here. */
  readonly idle: readonly RunnerResult[];
}

const GRAVEST: readonly Weight[] = ['blocks', 'undecided', 'warns'];
const SEVERITIES = ['error', 'warning', 'info'] as const;

export function storyOf(result: CheckResult): Story {
  const sentences = result.verdicts.flatMap((verdict) =>
    verdict.sentences.map((judged) => toldSentence(verdict, judged, result)),
  );
  const troubles = GRAVEST.flatMap((weight) => sentences.filter((told) => told.weight === weight));
  return {
    sentences,
    troubles,
    causes: causesOf(troubles),
    findings: findingsOf(result),
    waived: result.runners.flatMap((runner) =>
      (runner.measurement.waived ?? []).map((waived) => ({ runner, ...waived })),
    ),
    waivers: toldWaivers(result),
    absences: result.runners.filter(({ measurement }) => lookOf(measurement) === 'unknown'),
    idle: result.runners.filter(
      ({ measurement }) => measurement.state === 'not_applicable' && measurement.why !== NOT_ASKED,
    ),
  };
}

/** What the team accepts of it, a waiver or absences, each with the line that says so. */
export function acceptedIn({ standing, waivedBy }: JudgedSentence): readonly string[] {
  if (waivedBy !== undefined) return [waivedByText(waivedBy)];
  if (standing.kind !== 'untold') return [];
  return standing.tolerated.map(
    ({ runner, state, place }) => `tolerated: ${runner}: ${state} (${place.file}:${place.line})`,
  );
}

/** One runner's findings, the worst first, each severity in the order of the tool. */
export function bySeverity(findings: readonly Finding[]): readonly Finding[] {
  return SEVERITIES.flatMap((severity) => findings.filter((one) => one.severity === severity));
}

function toldSentence(
  verdict: GateVerdict,
  judged: JudgedSentence,
  result: CheckResult,
): ToldSentence {
  const { standing, explanation, sentence } = judged;
  const failing = standing.kind === 'bad' ? failingWords(sentence, result) : [];
  const own = explanation.length > 0 ? explanation : [sentence.text];
  const said = 'why' in standing ? [standing.why] : failing.length > 0 ? failing : own;
  return { verdict, judged, weight: weightOf(verdict, judged), said };
}

function weightOf({ mode }: GateVerdict, { sentence, standing, waivedBy }: JudgedSentence): Weight {
  switch (standing.kind) {
    case 'good':
      return 'holds';
    case 'not_applicable':
      return 'not_applicable';
    case 'bad':
      if (waivedBy !== undefined || mode !== 'enforce') return 'warns';
      return sentence.level === 'block' ? 'blocks' : 'warns';
    case 'untold': {
      const stops = sentence.level === 'block' && mode === 'enforce';
      return stops && standing.tolerated.length === 0 ? 'undecided' : 'warns';
    }
  }
}

function causesOf(troubles: readonly ToldSentence[]): readonly Trouble[] {
  const causes = new Map<
    string,
    { weight: Weight; said: readonly string[]; sentences: ToldSentence[] }
  >();
  for (const told of troubles) {
    const { weight, said } = told;
    const key = JSON.stringify([weight, said]);
    const cause = causes.get(key) ?? { weight, said, sentences: [] };
    cause.sentences.push(told);
    causes.set(key, cause);
  }
  return [...causes.values()];
}

function findingsOf(result: CheckResult): readonly ToldFinding[] {
  const accepted = acceptedMetrics(result);
  const lists = result.runners.map((runner) =>
    runner.measurement.findings.map((finding) => toldFinding(runner, finding, accepted)),
  );
  return SEVERITIES.flatMap((severity) =>
    inTurn(lists.map((told) => told.filter((one) => one.severity === severity))),
  );
}

function toldFinding(
  runner: RunnerResult,
  finding: Finding,
  accepted: ReadonlyMap<string, Waiver>,
): ToldFinding {
  const { metric, severity } = finding;
  const acceptedBy = metric === undefined ? undefined : accepted.get(metric);
  if (acceptedBy === undefined || severity !== 'error') return { runner, finding, severity };
  return { runner, finding, severity: 'warning', acceptedBy };
}

/** The first of each list, the second of each, and so on. */
function inTurn<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = lists.reduce((most, list) => Math.max(most, list.length), 0);
  const turns: T[] = [];
  for (let turn = 0; turn < longest; turn += 1)
    for (const list of lists) if (turn < list.length) turns.push(list[turn]!);
  return turns;
}
