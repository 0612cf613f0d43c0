/** A tool's JSON report behind its schema: anything else than the whole shape is no report. */

import type { z } from 'zod';

export type JsonReport<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly state: 'no_report' | 'bad_report'; readonly why: string };

/** One wrong row makes the whole report unreadable: a row left out is a problem not counted. */
export function readJsonReport<T>(text: string | undefined, schema: z.ZodType<T>): JsonReport<T> {
  if (text === undefined || text.trim() === '') {
    return { ok: false, state: 'no_report', why: 'it wrote no report' };
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { ok: false, state: 'bad_report', why: 'its report is no JSON, or was cut' };
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the top' : issue.path.join('.');
  return {
    ok: false,
    state: 'bad_report',
    why: `its report has an unknown shape at ${where}: ${issue?.message ?? 'unreadable'}`,
  };
}

/** A report with nothing in it but what the schema asks for: the form in which it may be published. */
export function onlyKnown<T>(schema: z.ZodType<T>): (report: string) => string {
  return (report) => JSON.stringify(schema.parse(JSON.parse(report)), undefined, 1);
}
