/** Paths of a service that were tried, a line each. */

import type { ProbeResult, ProbeState } from '../measure/probes/result.ts';
import { harmless } from './text.ts';

const WORDS: Readonly<Record<ProbeState, string>> = {
  holds: 'ok',
  fails: 'failed',
  untold: 'untold',
  not_applicable: 'none',
};

/** @param nameWidth of the longest name */
export function pathLines(
  { name, state, tookMs, why, note, files }: ProbeResult,
  nameWidth: number,
): readonly string[] {
  const took = state === 'not_applicable' ? '' : `${tookMs} ms`;
  const head = `${WORDS[state].padEnd(6)}  ${name.padEnd(nameWidth)}  ${took.padStart(8)}`;
  const more = [
    ...why,
    ...(note === undefined ? [] : [note]),
    ...(files.length === 0 ? [] : [`kept: ${files.join(', ')}`]),
  ];
  const [first = '', ...rest] = more;
  const lines = [`${head}  ${first}`, ...rest.map((line) => `${' '.repeat(head.length)}  ${line}`)];
  return lines.map((line) => harmless(line).trimEnd());
}
