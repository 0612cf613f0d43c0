/** Reads and proves the waivers of a project: what they name exists, and each ends within a year. */

import path from 'node:path';
import { metricsOf, nearest, parseSentence, printSentence } from '../language/index.ts';
import { GATES, type Agent } from '../judge/agent.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import { dayOf } from '../judge/day.ts';
import { coversSentence, daysLeft, type Waiver } from '../judge/waiver.ts';
import type { Diagnostic } from '../failure.ts';
import { at, diagnoseIssues } from './diagnose.ts';
import { knownKeys } from './known-keys.ts';
import type { Layer } from './layers.ts';
import type { OpenContext } from './open-config.ts';
import { WaiverFile } from './waiver-schema.ts';
import { openSeen, type Document, type Step } from './yaml.ts';

/** Beside the configuration, where that names no other. */
export const WAIVERS_FILE = 'nemesis.waivers.yaml';
const LONGEST_DAYS = 366;

export interface WaiverContext {
  readonly root: string;
  readonly now?: number;
  readonly agents: readonly Agent[];
  readonly catalogue: Catalogue;
  readonly runnerIds: readonly string[];
  /** Some of the configuration could not be read: what it does not name may be in the rest. */
  readonly isCut: boolean;
}

interface LookContext extends OpenContext {
  readonly diagnostics: Diagnostic[];
}

/** Those of the project alone: what a shared configuration is excused from is nobody else's excuse. */
export function waiversOf(
  layers: readonly Layer[],
  known: WaiverContext,
  context: LookContext,
): readonly Waiver[] {
  const isOwn = ({ file }: Layer) => file !== undefined && path.dirname(file) === known.root;
  for (const { data, document } of layers.filter((layer) => !isOwn(layer))) {
    if (data.waivers === undefined || document === undefined) continue;
    const help = ['name them in the configuration of the project itself'];
    const message = 'waivers are not shared: each project accepts its own';
    context.diagnostics.push(at(document.keySpot(['waivers']), message, help));
  }
  const named = layers.findLast(isOwn)?.data.waivers;
  const file = path.join(known.root, named ?? WAIVERS_FILE);
  const sight = context.look(file);
  if (sight.kind === 'absent' && named === undefined) return [];
  const opened = openSeen(context.shownAs(file), sight);
  if (!opened.ok) {
    context.diagnostics.push(...opened.diagnostics);
    return [];
  }
  const { document } = opened;
  if (document.value === '') {
    const help = ['take it away, or write `waivers: []`'];
    context.diagnostics.push(at(document.spot([]), 'the file of waivers is empty', help));
    return [];
  }
  const parsed = WaiverFile.safeParse(document.value, { jitless: true });
  if (!parsed.success) {
    const keys = (steps: readonly Step[]) => knownKeys(WaiverFile, steps);
    context.diagnostics.push(...diagnoseIssues(document, parsed.error.issues, keys));
    return [];
  }
  return parsed.data.waivers.flatMap((entry, index) => {
    const complain: Complain = (steps, message, help) => {
      const spot = document.spot(['waivers', index, ...steps]);
      context.diagnostics.push(at(spot, message, help));
    };
    return proved(entry, placeOf(document, index), known, complain) ?? [];
  });
}

type Entry = WaiverFile['waivers'][number];
type Complain = (steps: readonly Step[], message: string, help: readonly string[]) => void;

function placeOf(document: Document, index: number) {
  const { file, line, column } = document.spot(['waivers', index]);
  return { file, line, column };
}

function proved(
  { finding, sentence, why, who, until }: Entry,
  place: Waiver['place'],
  known: WaiverContext,
  complain: Complain,
): Waiver | undefined {
  if ((finding === undefined) === (sentence === undefined)) {
    const message = 'a waiver is about one `finding` or one `sentence`';
    complain([], message, ['say which: finding: { tool: eslint, rule: no-eval }']);
    return undefined;
  }
  const unknown: Complain = known.isCut ? () => undefined : complain;
  const what =
    finding === undefined
      ? sentencePattern(sentence!, known, complain, unknown)
      : findingPattern(finding, known, complain, unknown);
  if (what === undefined) return undefined;
  const waiver = { what, why, who, until, place };
  const { now } = known;
  if (now !== undefined && daysLeft(waiver, dayOf(now)) > LONGEST_DAYS) {
    const help = [`write ${dayOf(now + LONGEST_DAYS * 86_400_000)} or earlier`];
    complain(['until'], 'a waiver lasts a year at most', help);
    return undefined;
  }
  return waiver;
}

function findingPattern(
  { tool, ...parts }: NonNullable<Entry['finding']>,
  { runnerIds }: WaiverContext,
  complain: Complain,
  unknown: Complain,
): Waiver['what'] | undefined {
  if (tool === undefined) {
    complain(['finding'], '`tool` is missing', [`known: ${runnerIds.join(', ')}`]);
    return undefined;
  }
  if (!runnerIds.includes(tool)) {
    const help = suggested(tool, runnerIds);
    unknown(['finding', 'tool'], `no runner is called \`${tool}\``, help);
    return undefined;
  }
  const { rule, file, message, id } = parts;
  if ([rule, file, message, id].every((part) => part === undefined)) {
    const words = `this would waive everything that ${tool} finds`;
    complain(['finding'], words, ['add a rule, file, message or id']);
    return undefined;
  }
  return { kind: 'finding', tool, ...given(parts) };
}

function sentencePattern(
  pattern: NonNullable<Entry['sentence']>,
  { agents, catalogue }: WaiverContext,
  complain: Complain,
  unknown: Complain,
): Waiver['what'] | undefined {
  const { text, metric, agent } = pattern;
  if ((text === undefined) === (metric === undefined)) {
    const help = ['write text: eslint_warnings < 10, or metric: eslint_warnings'];
    complain(['sentence'], 'a sentence is named by its `text` or by a `metric`', help);
    return undefined;
  }
  const ids = agents.map(({ id }) => id);
  if (agent !== undefined && !ids.includes(agent)) {
    const help = suggested(agent, ids);
    unknown(['sentence', 'agent'], `no agent is called \`${agent}\``, help);
    return undefined;
  }
  if (metric !== undefined && !catalogue.has(metric)) {
    const help = suggested(metric, metricsAsked(agents));
    unknown(['sentence', 'metric'], `there is no metric \`${metric}\``, help);
    return undefined;
  }
  const what = { kind: 'sentence' as const, ...given(pattern) };
  const asWritten = text === undefined ? undefined : sentenceLike(text, agents);
  const found = { ...what, ...(asWritten !== undefined && { text: asWritten }) };
  if (covers(found, agents)) return found;
  const step = text === undefined ? 'metric' : 'text';
  const where = [pattern.agent, pattern.gate].filter(Boolean).join(' of ');
  const message = `no sentence${where === '' ? '' : ` of ${where}`} ${text === undefined ? `names \`${metric}\`` : 'reads so'}`;
  const texts = agents.flatMap(({ sentences }) => sentences.map((one) => one.text));
  unknown(
    ['sentence', step],
    message,
    suggested(pattern[step] ?? '', text ? texts : metricsAsked(agents)),
  );
  return undefined;
}

const metricsAsked = (agents: readonly Agent[]) => [
  ...new Set(agents.flatMap(({ sentences }) => sentences.flatMap(({ expr }) => metricsOf(expr)))),
];

/** The text of the sentence in force that says the same, whatever its blanks. */
function sentenceLike(text: string, agents: readonly Agent[]): string | undefined {
  const parsed = parseSentence(text);
  if (!parsed.ok) return undefined;
  const wanted = printSentence(parsed.expr);
  return agents
    .flatMap(({ sentences }) => sentences)
    .find(({ expr }) => printSentence(expr) === wanted)?.text;
}

function covers(what: Waiver['what'], agents: readonly Agent[]): boolean {
  const waiver = { what } as Waiver;
  return agents
    .filter(({ stage }) => GATES.some((gate) => gate === stage))
    .some(({ stage, sentences }) => sentences.some((one) => coversSentence(waiver, stage, one)));
}

function suggested(name: string, known: readonly string[]): readonly string[] {
  const near = nearest(name, known);
  if (near !== undefined && near !== name) return [`write ${near}`];
  return known.length === 0 || known.length > 30 ? [] : [`known: ${known.join(', ')}`];
}

/** What zod leaves undefined is not there at all. */
function given<T extends object>(parts: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };
}
