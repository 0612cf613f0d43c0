/** A command: one file here and one row in `index.ts`. Help, suggestions and the README table come from the row. */

import type { Ending } from '../exit.ts';
import type { Io } from '../io.ts';
import type { Parts } from '../parts.ts';

export const GROUPS = ['Deploy', 'Test', 'Other'] as const;

export interface OptionRow {
  /** As commander writes it: `--only <runners>`. */
  readonly flags: string;
  readonly about: string;
  /** Comma-separated, and may be given more than once. */
  readonly list?: true;
  /** May be given more than once; a comma is part of the value. */
  readonly repeats?: true;
}

export interface CommandRow {
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  readonly about: string;
  /** As commander writes them: `<metric>`. */
  readonly operands?: string;
  readonly options: readonly OptionRow[];
  /** What it says is read by a program that proves every byte. */
  readonly saysExactly?: true;
  load(): Promise<{ readonly run: RunCommand }>;
}

export interface CommandInput {
  readonly operands: readonly string[];
  /** By commander's names: `--fail-fast` is `failFast`; lists are arrays. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly io: Io;
  readonly parts: Parts;
}

export type RunCommand = (input: CommandInput) => Promise<Ending>;

/** Values of an option that may be given more than once. */
export function listOption(options: CommandInput['options'], name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? (value as string[]) : [];
}

export function textOption(options: CommandInput['options'], name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
