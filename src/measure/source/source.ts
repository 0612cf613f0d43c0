/** What is asked of the text of a source file, whatever its language. */

import type { Family } from '../change/roles.ts';

export interface SourceReader {
  /** Numbers of the lines on which something is executed, as a coverage tool would list them. */
  executable(text: string): ReadonlySet<number>;
  functions(text: string): readonly FoundFunction[];
  /** What does something, in the order written: no imports, no types, no heads of functions and classes. */
  statements(text: string): readonly FoundStatement[];
}

export interface FoundStatement {
  /** Where it begins, from 1. */
  readonly line: number;
  /**
   * What it means whatever its form: without types, comments, spaces and quotes. Of one that holds others only what
   * stands before them.
   */
  readonly key: string;
}

export interface FoundFunction {
  readonly name: string;
  /** First and last line, from 1; the first is that of the comment's place, decorators included. */
  readonly from: number;
  readonly to: number;
  /** Ways through it: 1 and one for each branch; those of functions in it are theirs. */
  readonly complexity: number;
  /** Something is said in it or directly above it. */
  readonly isCommented: boolean;
}

/** Loaded when the first file of its kind is read: a compiler takes its time. */
export async function sourceReader(family: Family): Promise<SourceReader> {
  return family === 'js'
    ? (await import('./javascript.ts')).javascript
    : (await import('./python.ts')).python;
}
