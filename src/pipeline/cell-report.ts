/** The report of one cell of the build matrix, as `deploy:check --cell` wrote it, read back. */

import { z } from 'zod';
import type { Finding } from '../judge/finding.ts';
import type { Cell } from '../judge/matrix.ts';
import { TOOL_STATES, type Reading } from '../judge/reading.ts';
import { VERDICT_KINDS } from '../judge/verdict.ts';

/** The shape `report/json.ts` writes; only what joining cells needs. */
export const CELL_SCHEMA = 'nemesis.check/1';

const Place = z.object({ file: z.string(), line: z.int(), column: z.int() });
const State = z.enum(TOOL_STATES);

const StoredReading = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('measured'),
    value: z.union([z.number(), z.boolean(), z.string()]),
    runner: z.string(),
  }),
  z.object({ kind: z.literal('not_applicable'), why: z.string(), runner: z.string().optional() }),
  z.object({
    kind: z.literal('missing'),
    why: z.string(),
    state: State,
    runner: z.string(),
    toleratedBy: z.object({ runner: z.string(), state: State, place: Place }).optional(),
  }),
]);

const StoredFinding = z.object({
  tool: z.string(),
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  message: z.string(),
  metric: z.string().optional(),
});

const Report = z.object({
  schema: z.literal(CELL_SCHEMA),
  nemesis: z.string(),
  service: z.string(),
  commit: z.string().nullable(),
  dirty: z.boolean().nullable(),
  cell: z.record(z.string(), z.string()),
  partial: z.string().nullable(),
  stopped_by: z.string().nullable(),
  started_at: z.iso.datetime(),
  duration_ms: z.number(),
  gates: z.array(z.object({ gate: z.string(), verdict: z.enum(VERDICT_KINDS) })),
  metrics: z.record(z.string(), StoredReading),
  runners: z.array(z.object({ id: z.string(), state: State, findings: z.array(StoredFinding) })),
});

export interface CellReport {
  /** Version of the nemesis that wrote it. */
  readonly nemesis: string;
  readonly service: string;
  readonly commit: string | undefined;
  /** Whether its work tree differed from the commit; undefined where nobody knew. */
  readonly dirty: boolean | undefined;
  readonly cell: Cell;
  /** Why it does not speak for its whole cell. */
  readonly partial: string | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly gates: readonly { readonly gate: string; readonly verdict: string }[];
  readonly readings: ReadonlyMap<string, Reading>;
  readonly findings: readonly Finding[];
}

/** A report, or why this text is none. */
export function readCellReport(text: string): CellReport | { readonly why: string } {
  const json = parsed(text);
  if (json === undefined) return { why: 'is not valid JSON' };
  const report = Report.safeParse(json);
  if (!report.success) return { why: problemOf(json, report.error) };
  const { nemesis, dirty, service, commit, cell, partial, stopped_by, started_at, duration_ms } =
    report.data;
  const { gates, metrics, runners } = report.data;
  return {
    nemesis,
    service,
    cell,
    gates,
    commit: commit ?? undefined,
    dirty: dirty ?? undefined,
    partial: stopped_by === null ? (partial ?? undefined) : `stopped by ${stopped_by}`,
    startedAt: Date.parse(started_at),
    durationMs: duration_ms,
    readings: new Map(Object.entries(metrics) as [string, Reading][]),
    findings: runners.flatMap(({ findings }) => findings as Finding[]),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(json: unknown, { issues: [issue] }: z.ZodError): string {
  const { schema, cell } = (typeof json === 'object' && json !== null ? json : {}) as {
    schema?: unknown;
    cell?: unknown;
  };
  if (schema !== CELL_SCHEMA) return `is no report of a check (${CELL_SCHEMA})`;
  if (cell === undefined || cell === null) return 'is of no cell: it was made without --cell';
  return `is not as expected at ${issue?.path.join('.') ?? '.'}`;
}
