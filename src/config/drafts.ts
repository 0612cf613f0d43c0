/** The sentences of a gate file as written, each with its place and role; the short form becomes a sentence here. */

import { sentenceFromShortForm, type Problem } from '../language/index.ts';
import type { Level } from '../judge/agent.ts';
import type { Diagnostic } from '../failure.ts';
import { isAudit, thresholdSentences } from './audits.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import { suiteLimits } from './suite-limits.ts';
import type { Document, Spot, Step } from './yaml.ts';

export interface Draft {
  readonly text: string;
  readonly path: readonly Step[];
  readonly sections: readonly string[];
  readonly role: 'check' | 'rule';
  readonly level: Level;
  /** Columns between the value's start and the text; undefined when the text was rewritten or is a block. */
  readonly shift: number | undefined;
}

type Entry = string | Readonly<Record<string, string>>;

/** @param isVersion whether a metric is a version, of which `3.10` is one and 3.1 another */
export function draftsOf(
  document: Document,
  file: GateFile,
  isVersion: (metric: string) => boolean,
  diagnostics: Diagnostic[],
): Draft[] {
  const failed = file.on_failed_check ?? 'block';
  const drafts: Draft[] = [];
  const add = (
    path: readonly Step[],
    entry: Entry,
    rest: Omit<Draft, 'text' | 'path' | 'shift'>,
  ) => {
    if (typeof entry === 'string') {
      const shift = shiftOf(document.spot(path));
      drafts.push({ text: shift === undefined ? entry.trim() : entry, path, shift, ...rest });
      return;
    }
    const keys = Object.entries(entry);
    if (keys.length !== 1) {
      diagnostics.push(
        at(document.spot(path), 'expected one sentence an entry', ['start each with its own `-`']),
      );
      return;
    }
    const [key, value] = keys[0]!;
    const valuePath = [...path, key];
    const trap = isVersion(key) ? trailingZero(document.spot(valuePath), value) : undefined;
    if (trap !== undefined) diagnostics.push(trap);
    const made = sentenceFromShortForm(key, value);
    if (made.ok) drafts.push({ text: made.text, path: valuePath, shift: undefined, ...rest });
    else diagnostics.push(at(document.spot(valuePath), made.problem.message, hints(made.problem)));
  };
  const walk = (path: readonly Step[], part: unknown, sections: readonly string[]): void => {
    if (Array.isArray(part)) {
      part.forEach((entry: Entry, index) => {
        add([...path, index], entry, { sections, role: 'check', level: failed });
      });
      return;
    }
    if (isAudit(part)) {
      const at = [...path, 'severity_threshold'];
      for (const text of thresholdSentences(part)) {
        drafts.push({ text, path: at, shift: undefined, sections, role: 'check', level: failed });
      }
      return;
    }
    for (const [name, inner] of Object.entries(part as Record<string, unknown>)) {
      walk([...path, name], inner, [...sections, name]);
    }
  };
  if (file.checks !== undefined) walk(['checks'], file.checks, []);
  for (const { path, metric, limit, section } of suiteLimits(file)) {
    const rest = { sections: [section], role: 'check', level: failed } as const;
    const made = sentenceFromShortForm(metric, limit);
    if (made.ok) drafts.push({ text: made.text, path, shift: undefined, ...rest });
    else diagnostics.push(at(document.spot(path), made.problem.message, hints(made.problem)));
  }
  for (const [key, level] of [
    ['blocking_rules', 'block'],
    ['warning_rules', 'warn'],
  ] as const) {
    (file[key] ?? []).forEach((entry, index) => {
      add([key, index], entry, { sections: [], role: 'rule', level });
    });
  }
  return drafts;
}

/** `3.10` without quotes is the number 3.1 to every other reader of YAML. */
function trailingZero(spot: Spot, value: string): Diagnostic | undefined {
  if (spot.style !== 'plain' || !/^\d+\.\d*0$/.test(value)) return undefined;
  const number = String(Number(value));
  return at(spot, `\`${value}\` without quotes is the number ${number} in YAML`, [
    `write "${value}"`,
  ]);
}

/** A problem inside a text, at its place in the file. */
export function located(
  document: Document,
  draft: Pick<Draft, 'path' | 'shift' | 'text'>,
  problem: Problem,
): Diagnostic {
  const spot = document.spot(draft.path);
  if (draft.shift === undefined) {
    return at(spot, `${problem.message} (in \`${draft.text}\`)`, hints(problem));
  }
  const column = Math.min(spot.column + draft.shift + problem.offset, spot.source.length + 1);
  const length = Math.max(1, Math.min(problem.length, spot.source.length - column + 1));
  return at({ ...spot, column, length }, problem.message, hints(problem));
}

/** Columns between where a scalar starts and where its text does. */
export function shiftOf(spot: Spot): number | undefined {
  return spot.style === 'plain' ? 0 : spot.style === 'quoted' ? 1 : undefined;
}

const hints = (problem: Problem): string[] => (problem.hint === undefined ? [] : [problem.hint]);
