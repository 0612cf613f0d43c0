/** What the program of `python-rules` writes, and the runner reads. */

import { z } from 'zod';

const Remark = z.object({
  file: z.string(),
  rule: z.string(),
  line: z.int(),
  column: z.int(),
  message: z.string(),
});

export const PythonRulesReport = z.object({
  /** Files that were checked. */
  checked: z.int(),
  /** Written by a program, by their own first lines, and so left out. */
  generated: z.array(z.string()),
  /** Should have been read. */
  unread: z.array(z.object({ file: z.string(), why: z.string() })),
  /** Left out: too long to have been written by hand. */
  large: z.array(z.object({ file: z.string(), why: z.string() })),
  /** The greatest complexity of any function; absent when there is none. */
  complexity: z.int().optional(),
  remarks: z.array(Remark),
  /** Let pass by a comment that names the rule. */
  exempted: z.array(Remark),
});
export type PythonRulesReport = z.infer<typeof PythonRulesReport>;

/** Written in the report's place when ruff itself failed. */
export const PythonRulesFailure = z.object({ failed: z.string() });
export type PythonRulesFailure = z.infer<typeof PythonRulesFailure>;
