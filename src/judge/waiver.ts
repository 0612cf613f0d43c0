/**
 * Waivers: dated, reasoned exceptions to one finding or one sentence. A waived finding leaves the count it is in; a
 * waived sentence is judged as ever and warns at most. No waiver stands in for a measurement. Pure.
 */

import { metricsOf } from '../language/index.ts';
import type { Place } from '../failure.ts';
import { GATES, type Agent, type GateName, type Sentence } from './agent.ts';
import { dayNumber } from './day.ts';
import type { Finding } from './finding.ts';
import { fitsGlob } from './glob.ts';

/** Findings of one runner; every part that is given has to fit. */
export interface FindingPattern {
  readonly kind: 'finding';
  /** Id of the runner. */
  readonly tool: string;
  readonly rule?: string;
  /** A glob. */
  readonly file?: string;
  readonly line?: number;
  /** A part of the message. */
  readonly message?: string;
  /** An advisory: `CVE-2026-1234`, `GHSA-…`; it is the rule, or a word of the message. */
  readonly id?: string;
}

/** Sentences by their text, or all that name a metric. */
export interface SentencePattern {
  readonly kind: 'sentence';
  readonly text?: string;
  readonly metric?: string;
  readonly agent?: string;
  readonly gate?: GateName;
}

export interface Waiver {
  readonly what: FindingPattern | SentencePattern;
  readonly why: string;
  readonly who: string;
  /** The last day it holds, in UTC: `2027-03-31`. */
  readonly until: string;
  readonly place: Place;
}

export interface WaivedFinding {
  readonly finding: Finding;
  readonly waiver: Waiver;
}

/** A waiver is renewed before it ends; so many days ahead somebody is told. */
const SOON_DAYS = 14;

export const hasExpired = ({ until }: Waiver, today: string): boolean => until < today;

/** Days until it ends, 0 on the last one. */
export function daysLeft({ until }: Waiver, today: string): number {
  return (dayNumber(until) ?? 0) - (dayNumber(today) ?? 0);
}

export function expiresSoon(waiver: Waiver, today: string): boolean {
  return !hasExpired(waiver, today) && daysLeft(waiver, today) <= SOON_DAYS;
}

/** `eslint no-eval src/legacy/**`, or the sentence: what is waived, in one line. */
export function whatText({ what }: Waiver): string {
  if (what.kind === 'sentence') {
    const { text, metric, agent, gate } = what;
    return [text ?? `sentences about ${metric}`, agent, gate && `of ${gate}`]
      .filter(Boolean)
      .join(' ');
  }
  const { tool, rule, id, file, line, message } = what;
  const place = line === undefined ? file : `${file ?? '*'}:${line}`;
  return [tool, rule, id, place, message && `"${message}"`].filter(Boolean).join(' ');
}

/** @param runner id of the runner that made the finding */
export function coversFinding({ what }: Waiver, runner: string, finding: Finding): boolean {
  if (what.kind !== 'finding') return false;
  const { tool, rule, file, line, message, id } = what;
  return (
    (tool === runner || tool === finding.tool) &&
    (rule === undefined || rule === finding.rule) &&
    (file === undefined || (finding.file !== undefined && fitsGlob(file, finding.file))) &&
    (line === undefined || line === finding.line) &&
    (message === undefined || finding.message.includes(message)) &&
    (id === undefined || isAbout(finding, id))
  );
}

function isAbout({ rule, message }: Finding, id: string): boolean {
  const wanted = id.toLowerCase();
  const words: readonly string[] = `${rule} ${message}`.toLowerCase().match(/[\w-]+/g) ?? [];
  return rule.toLowerCase() === wanted || words.includes(wanted);
}

export function coversSentence({ what }: Waiver, stage: string, sentence: Sentence): boolean {
  if (what.kind !== 'sentence') return false;
  const { text, metric, agent, gate } = what;
  return (
    (agent === undefined || agent === sentence.agent) &&
    (gate === undefined || gate === stage) &&
    (text === undefined || text === sentence.text) &&
    (metric === undefined || metricsOf(sentence.expr).includes(metric))
  );
}

/** The gate that an expired waiver stops: the first that asks for its runner or holds its sentence. */
export function gateOf(waiver: Waiver, agents: readonly Agent[]): GateName {
  const { what } = waiver;
  const found = GATES.find((gate) =>
    agents
      .filter(({ stage }) => stage === gate)
      .some(({ runners, sentences }) =>
        what.kind === 'finding'
          ? runners.flat().includes(what.tool)
          : sentences.some((sentence) => coversSentence(waiver, gate, sentence)),
      ),
  );
  return found ?? GATES[0];
}
