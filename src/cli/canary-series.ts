/** Reads the file of `canary:judge`: a table, or range answers of Prometheus. */

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { Evidence } from '../rollout/analysis/evidence.ts';
import { looksIn, readTable } from '../rollout/analysis/recorded.ts';
import { looksInRanges, readRanges } from '../rollout/sources/recorded-range.ts';
import { textOption, type CommandInput } from './commands/command.ts';
import { usage } from './store-failure.ts';

const MOST_BYTES = 32 * 1024 * 1024;

export interface RecordedSeries {
  readonly looks: readonly Evidence[];
  /** What is told beside the traffic itself. */
  readonly declared: readonly string[];
}

export function readSeries(
  name: string,
  cwd: string,
  options: CommandInput['options'],
  share: number,
): Result<RecordedSeries, Failure> {
  const file = path.resolve(cwd, name);
  const text = textOf(file, name);
  if (!text.ok) return text;
  const series = /^\s*\{/.test(text.value)
    ? rangesIn(name, text.value, options)
    : tableIn(name, text.value, options, share);
  if (!series.ok) return series;
  const declared = series.value.some(({ candidate }) =>
    Object.hasOwn(candidate?.told ?? {}, 'user_feedback'),
  );
  return ok({ looks: series.value, declared: declared ? ['user_feedback'] : [] });
}

function textOf(file: string, name: string): Result<string, Failure> {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return fail(usage(`${name} is no file`, 'name a CSV or JSON file'));
    if (stat.size > MOST_BYTES)
      return fail(usage(`${name} is longer than ${MOST_BYTES / 1024 / 1024} MiB`, 'cut it'));
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'it is no text';
    return fail(usage(`${name} cannot be read: ${why}`, 'name a CSV or JSON file'));
  }
}

function tableIn(
  name: string,
  text: string,
  options: CommandInput['options'],
  share: number,
): Result<readonly Evidence[], Failure> {
  const rows = readTable(text);
  if (!rows.ok) {
    const { line, message, help } = rows.failure;
    const source = (text.split('\n')[line - 1] ?? '').slice(0, 200);
    const place = { file: name, line, column: 1 };
    return fail({
      kind: 'bad_input',
      diagnostics: [{ place, message, source, length: 1, help: [help] }],
    });
  }
  const roles = rolesIn(
    rows.value.map(({ release }) => release),
    options,
  );
  return roles.ok ? ok(looksIn(rows.value, { ...roles.value, share })) : roles;
}

function rangesIn(
  name: string,
  text: string,
  options: CommandInput['options'],
): Result<readonly Evidence[], Failure> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail(usage(`${name} is neither a table nor JSON`, 'the first line names the columns'));
  }
  const ranges = readRanges(json);
  if (!ranges.ok) return fail(usage(`${name}: ${ranges.failure}`, 'see docs/environments.md'));
  const roles = rolesIn(ranges.value.releases, options);
  return roles.ok ? ok(looksInRanges(ranges.value, roles.value)) : roles;
}

/** The releases by their usual names, or as the options say. */
function rolesIn(
  names: readonly string[],
  options: CommandInput['options'],
): Result<{ readonly candidate: string; readonly stable: string }, Failure> {
  const all = [...new Set(names)];
  const asked = textOption(options, 'candidate') ?? 'candidate';
  const stable =
    textOption(options, 'baseline') ?? ['baseline', 'stable'].find((one) => all.includes(one));
  if (all.includes(asked) && stable !== undefined) return ok({ candidate: asked, stable });
  const others = all.filter((one) => one !== asked);
  if (all.includes(asked) && others.length === 1)
    return ok({ candidate: asked, stable: others[0]! });
  const shown = all
    .slice(0, 5)
    .map((one) => one.slice(0, 40))
    .join(', ');
  const message = all.length === 0 ? 'it tells of no release' : `it tells of ${shown}`;
  return fail(usage(message, 'say which is which: --candidate NAME --baseline NAME'));
}
