/**
 * From readings to a verdict. First match wins:
 *
 *   blocked    a blocking rule fired, a blocking check failed, or a waiver has expired
 *   undecided  a blocking sentence cannot be told, or none was measured
 *   warned     a warning fired, a check failed softly, was waived, or an absence was tolerated
 *   passed     everything that was asked holds
 */

import { sectionsOf } from '../language/index.ts';
import type { Agent, GateName } from './agent.ts';
import { judgeAgent } from './judge-agent.ts';
import type { Waiver } from './waiver.ts';
import type { Evidence, JudgedSentence, Standing } from './standing.ts';

export type { JudgedSentence } from './standing.ts';

export const VERDICT_KINDS = ['blocked', 'undecided', 'warned', 'passed'] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];

export interface GateVerdict {
  readonly gate: GateName;
  readonly kind: VerdictKind;
  /** `observe` gates are judged in full and never change the exit code. */
  readonly mode: 'enforce' | 'observe';
  readonly sentences: readonly JudgedSentence[];
  /** The sentences that made the verdict what it is; empty for `passed` and for "nothing was measured". */
  readonly reasons: readonly JudgedSentence[];
  /** Waivers of this gate that have run out: each blocks it until it is renewed or taken out. */
  readonly expired?: readonly Waiver[];
}

export function judgeGate(
  gate: GateName,
  mode: 'enforce' | 'observe',
  agents: readonly Agent[],
  evidence: Evidence,
  expired: readonly Waiver[] = [],
): GateVerdict {
  const sentences = agents.flatMap((agent) => judgeAgent(agent, evidence));
  const verdict = (kind: VerdictKind, reasons: readonly JudgedSentence[]): GateVerdict => ({
    gate,
    kind,
    mode,
    sentences,
    reasons,
    ...(expired.length > 0 && { expired }),
  });
  const blocking = sentences.filter(({ sentence }) => sentence.level === 'block');
  const bad = blocking.filter(
    ({ standing, waivedBy }) => standing.kind === 'bad' && waivedBy === undefined,
  );
  if (bad.length > 0 || expired.length > 0) return verdict('blocked', bad);

  const untold = blocking.filter(({ standing }) => isUntold(standing));
  // A tolerated absence excuses its own sentence; it does not stand in for a measurement.
  const measured = blocking.filter((judged) => isMeasured(judged, sentences));
  const isIdle = measured.length === 0 && evidence.ofChange !== true;
  if (untold.length > 0 || isIdle) return verdict('undecided', untold);

  const soft = sentences.filter(
    ({ standing }) => standing.kind === 'bad' || standing.kind === 'untold',
  );
  return verdict(soft.length > 0 ? 'warned' : 'passed', soft);
}

/** Cannot be told, and nobody accepted that in advance. */
function isUntold(standing: Standing): boolean {
  return standing.kind === 'untold' && standing.tolerated.length === 0;
}

/** It holds; or it fails and is waived; or it is excused, and asks about a section of its agent in which some check was measured and holds. */
function isMeasured(judged: JudgedSentence, all: readonly JudgedSentence[]): boolean {
  const { sentence, standing, waivedBy } = judged;
  if (standing.kind !== 'untold') return standing.kind === 'good' || waivedBy !== undefined;
  const sections = sectionsOf(sentence.expr);
  return all
    .filter((other) => other.standing.kind === 'good' && other.sentence.softened !== true)
    .filter((other) => other.sentence.agent === sentence.agent)
    .some((other) => other.sentence.sections.some((name) => sections.includes(name)));
}
