/** What nemesis says of one file, from what ruff says of it. */

import { withNamedOnly, withoutExemptions } from './exemptions.ts';
import { isHarmless, type Range } from './harmless.ts';
import type { PythonRulesReport } from './report.ts';

export interface Diagnostic {
  readonly code: string | null;
  readonly message: string;
  readonly start_location: Place;
  readonly end_location: Place;
}

/** Counted from one; a column is a code point. */
interface Place {
  readonly row: number;
  readonly column: number;
}

type Remark = PythonRulesReport['remarks'][number];

interface Judged {
  readonly remarks: readonly Remark[];
  /** Let pass by comments that name the rule. */
  readonly exempted: readonly Remark[];
  /** The greatest of any function; zero when there is none. */
  readonly complexity: number;
}

/** Below this a function is nobody's business. */
const REMARKABLE = 10;
export const SYNTAX = 'invalid-syntax';

export function judged(
  file: string,
  text: string,
  check: (text: string) => readonly Diagnostic[],
): Judged {
  const found = known(check(withNamedOnly(text)));
  const remarks = remarksOn(file, text, found);
  const bare = withoutExemptions(text);
  const all = bare === undefined ? remarks : remarksOn(file, text, known(check(bare)));
  return {
    remarks,
    exempted: all.filter((one) => !remarks.some((told) => isSame(told, one))),
    complexity: Math.max(0, ...found.map(complexityIn)),
  };
}

/** What follows a syntax error is guesswork. */
function known(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const broken = diagnostics.filter(({ code }) => code === null || code === SYNTAX);
  return broken.length > 0 ? broken.slice(0, 1) : diagnostics;
}

function remarksOn(file: string, text: string, diagnostics: readonly Diagnostic[]): Remark[] {
  return diagnostics.flatMap((diagnostic) => {
    const { code, message, start_location: at } = diagnostic;
    const rule = code ?? SYNTAX;
    if (rule === 'C901' && !(complexityIn(diagnostic) > REMARKABLE)) return [];
    if (isHarmless(rule, text, () => rangeOf(text, diagnostic))) return [];
    const said = rule === 'C901' ? message.replace(/ \((\d+) > \d+\)/, ': $1') : message;
    return [{ file, rule, line: at.row, column: at.column, message: said }];
  });
}

function complexityIn({ code, message }: Diagnostic): number {
  return code === 'C901' ? Number(/\((\d+) > \d+\)/.exec(message)?.[1] ?? 0) : 0;
}

function isSame(one: Remark, other: Remark): boolean {
  return one.rule === other.rule && one.line === other.line && one.column === other.column;
}

function rangeOf(text: string, { start_location, end_location }: Diagnostic): Range {
  const lines = text.split(/(?<=\n|\r(?!\n))/);
  const offset = ({ row, column }: Place): number => {
    const before = lines.slice(0, row - 1).join('').length;
    return before + [...(lines[row - 1] ?? '')].slice(0, column - 1).join('').length;
  };
  return { start: offset(start_location), end: offset(end_location) };
}
