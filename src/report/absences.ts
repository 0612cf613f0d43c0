/** What was not measured: what should have been, each with the one thing that mends it, and what is not here at all. */

import { stripVTControlCharacters } from 'node:util';
import { NOT_ASKED, type CheckResult, type RunnerResult } from '../pipeline/result.ts';
import { lookOf } from './look.ts';
import { harmless, wrap, type Style } from './text.ts';

/** What a runner should have measured and did not, with the one thing that mends it. */
export function absenceLines(result: CheckResult, style: Style): string[] {
  const absent = result.runners.filter(
    ({ measurement }) => lookOf(measurement) === 'unknown' && measurement.causedBy === undefined,
  );
  const waiting = absent.filter(({ measurement }) => waitsForInstall(measurement));
  // One command mends them all: told once, before what is wrong with each.
  const together = waiting.length > 1 ? waiting : [];
  return [
    ...installLines(together, style),
    ...absent
      .filter((runner) => !together.includes(runner))
      .flatMap((runner) => absenceOf(runner, isTolerated(runner.id, result), style)),
  ];
}

/** The command that installs everything a project declares. */
export const INSTALLS_ALL = /^(npm|pnpm|yarn|bun) (ci|install)( --frozen-lockfile)?$/;

function waitsForInstall({ state, help = '' }: RunnerResult['measurement']): boolean {
  return state === 'not_installed' && INSTALLS_ALL.test(help);
}

function installLines(
  waiting: readonly RunnerResult[],
  { paint, marks, columns }: Style,
): string[] {
  const [first] = waiting;
  if (first === undefined) return [];
  const names = waiting.map(({ id }) => id).join(', ');
  const text = `what these need is not installed: ${names}`;
  return [
    ...wrap(text, columns - 2).map(
      (line, index) => `${index === 0 ? paint.yellow(marks.unknown) : ' '} ${line}`,
    ),
    `  ${paint.cyan(harmless(first.measurement.help ?? ''))}`,
  ];
}

/** Then its help would only repeat what the team has decided already. */
function isTolerated(runner: string, { readings }: CheckResult): boolean {
  return [...readings.values()].some(
    (reading) => reading.runner === runner && 'toleratedBy' in reading,
  );
}

function absenceOf(
  { id, measurement }: RunnerResult,
  tolerated: boolean,
  { paint, marks, columns }: Style,
): string[] {
  const why = harmless(`${id}: ${measurement.why ?? measurement.state}`);
  const [first = '', ...more] = wrap(why, columns - 2);
  const help = wrap(harmless(tolerated ? '' : (measurement.help ?? '')), columns - 2)
    .filter((line) => line !== '')
    .map((line) => `  ${paint.cyan(line)}`);
  // Where the reason is in the tool's own words already, its last lines add nothing.
  const explained = ['backend_unavailable', 'nothing_measured', 'bad_config'].includes(
    measurement.state,
  );
  const tail = stripVTControlCharacters(explained ? '' : (measurement.evidence?.tail ?? ''))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const said = tail
    .slice(-4)
    .map((line) => paint.dim(`  | ${harmless(line).slice(0, columns - 4)}`));
  return [
    `${paint.yellow(marks.unknown)} ${first}`,
    ...more.map((line) => `  ${line}`),
    ...said,
    ...help,
  ];
}

/** Runners that have nothing to measure here, in one paragraph. */
export function notHereLines(result: CheckResult, { paint, marks, columns }: Style): string[] {
  const idle = result.runners.filter(
    ({ measurement }) => measurement.state === 'not_applicable' && measurement.why !== NOT_ASKED,
  );
  if (idle.length === 0) return [];
  const text = `not measured here: ${idleText(idle)}`;
  return wrap(harmless(text), columns - 2).map((line, index) =>
    paint.dim(`${index === 0 ? marks.none : ' '} ${line}`),
  );
}

const MOST_REASONS = 5;

/** With their reasons where they are few; of a long list only what somebody can ask for is explained. */
function idleText(idle: CheckResult['runners']): string {
  const isShort = idle.length <= MOST_REASONS;
  const names = idle.map(({ id, measurement: { why = '' } }) =>
    isShort || why.startsWith('only with ') ? `${id} (${why})` : id,
  );
  return `${names.join(', ')}${isShort ? '' : ' (why: nemesis doctor)'}`;
}
