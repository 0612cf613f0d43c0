/** Commands of a configuration as words: written as a line without a shell, or as a list. */

import type { Diagnostic } from '../failure.ts';
import { NEEDS_A_SHELL, splitCommand } from './command-words.ts';
import { at } from './diagnose.ts';
import type { DeclaredStep } from './environment.ts';
import type { WrittenCommand, WrittenStep } from './environment-schema.ts';
import type { Document, Step } from './yaml.ts';

export function commandOf(
  document: Document,
  path: readonly Step[],
  written: WrittenCommand,
  diagnostics: Diagnostic[],
): readonly string[] | undefined {
  const argv = typeof written === 'string' ? splitCommand(written) : written;
  const complain = (message: string, help: readonly string[]) => {
    diagnostics.push(at(document.spot(path), message, help));
  };
  if (argv === undefined) complain(...NEEDS_A_SHELL);
  else if (argv[0]?.trim() === '') complain('a command begins with a program', ['name it first']);
  else return argv;
  return undefined;
}

export function declaredStep(
  document: Document,
  path: readonly Step[],
  written: WrittenStep,
  defaultMs: number,
  diagnostics: Diagnostic[],
): DeclaredStep | undefined {
  const isPlain = typeof written === 'string' || Array.isArray(written);
  const { run, timeout } = isPlain ? { run: written, timeout: undefined } : written;
  const argv = commandOf(document, isPlain ? path : [...path, 'run'], run, diagnostics);
  return argv === undefined ? undefined : { argv, timeoutMs: timeout ?? defaultMs };
}
