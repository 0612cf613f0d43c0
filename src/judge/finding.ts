/** A remark of a tool with a place in the code. Text in it is data: reporters escape it. */

import type { Advisory } from './vulnerability.ts';

export interface Finding {
  /** The runner that made it: `eslint`. */
  readonly tool: string;
  /** The tool's own rule id: `no-unused-vars`, `TS2322`. */
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** Path relative to the project's root, `/` as separator; absent when the remark has no file. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
  /** Last line, where the remark is about several. */
  readonly endLine?: number;
  readonly message: string;
  /**
   * The metric this finding is counted in, by one, so that a waived finding leaves that count; or the claim it refutes
   * (`consistent_naming`), which holds again when every finding that names it is waived.
   */
  readonly metric?: string;
  /** Of a finding about a package that is used: which one, and how bad it is. */
  readonly advisory?: Advisory;
}
