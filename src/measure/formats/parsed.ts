/** What reading a report comes to: a value, or what is wrong with it in words for people. */

import type { z } from 'zod';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  /** Lower case, no full stop: `is not JSON`, `total.lines.covered: must be a number`. */
  | { readonly ok: false; readonly why: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const unreadable = (why: string): Parsed<never> => ({ ok: false, why });

/** JSON text against a schema. An empty text, a cut text and a text of another shape are told apart. */
export function parseJson<T>(text: string, schema: z.ZodType<T>): Parsed<T> {
  if (text.trim() === '') return unreadable('is empty');
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return unreadable('is not complete JSON');
  }
  const checked = schema.safeParse(value);
  if (checked.success) return parsed(checked.data);
  const [issue] = checked.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return unreadable(`has an unknown shape (${where}${issue?.message ?? 'no details'})`);
}
