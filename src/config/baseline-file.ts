/**
 * `nemesis.baseline.json`: written by `baseline:update`, committed by the team. Sorted, an entry a line, so that two
 * branches merge as text does. It is read when a check needs it, and not with every start.
 */

import path from 'node:path';
import * as z from 'zod/mini';
import { identityOf, partsOf, type Baseline, type Identity } from '../judge/baseline.ts';
import { fail, ok, type Diagnostic, type Result } from '../failure.ts';
import { createLook, type Look } from './look.ts';

export const BASELINE_FILE = 'nemesis.baseline.json';
const SCHEMA = 'nemesis.baseline/1';

const count = z.int().check(z.gte(1), z.lte(1e9));
const BaselineFile = z.strictObject({
  schema: z.literal(SCHEMA),
  metrics: z.record(z.string(), z.strictObject({ value: z.number(), by: z.optional(z.string()) })),
  tools: z.record(z.string(), z.string()),
  findings: z.record(z.string(), z.record(z.string(), z.record(z.string(), count))),
  loosened: z.optional(z.record(z.string(), z.string())),
});
type BaselineFile = z.output<typeof BaselineFile>;

/** Undefined where the project has none. */
export function readBaseline(
  root: string,
  look: Look = createLook(),
): Result<Baseline | undefined> {
  const sight = look(path.join(root, BASELINE_FILE));
  switch (sight.kind) {
    case 'absent':
      return ok(undefined);
    case 'folder':
      return refuse('no file to read: it is a folder');
    case 'unreadable':
      return refuse(`no file to read: ${sight.why}`);
    case 'file':
      return parseBaseline(sight.bytes.toString('utf8'));
  }
}

export function parseBaseline(text: string): Result<Baseline> {
  const conflict = /^(?:<{7}|={7}|>{7})(?: |$)/m.exec(text);
  if (conflict !== null) {
    const help = ['take one side, then: nemesis baseline:update'];
    return refuse('a merge conflict stands in the baseline', text, conflict.index, help);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const offset = Number(/position (\d+)/.exec(String(error))?.[1] ?? 0);
    return refuse('the baseline is no JSON', text, offset);
  }
  const schema = (json as { schema?: unknown } | null)?.schema;
  if (typeof schema === 'string' && schema !== SCHEMA) {
    const help = [`this version of nemesis reads ${SCHEMA}`];
    return refuse(`the baseline is ${schema.slice(0, 60)}`, text, text.indexOf(schema), help);
  }
  const parsed = BaselineFile.safeParse(json, { jitless: true });
  if (parsed.success) return ok(baselineOf(parsed.data));
  const [issue] = parsed.error.issues;
  const key = String(issue?.path.at(-1) ?? 'schema');
  const found = text.indexOf(JSON.stringify(key));
  const where = issue?.path.map(String).join(' › ') ?? '';
  return refuse(`the baseline has another shape at \`${where}\``, text, Math.max(0, found));
}

function refuse(
  message: string,
  text = '',
  offset = 0,
  help = [
    'restore it: git checkout -- nemesis.baseline.json',
    'or remove it, and begin with what there is today: nemesis baseline:update',
  ],
): Result<never> {
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  const source = text.split('\n')[before.length - 1];
  const diagnostic: Diagnostic = {
    place: { file: BASELINE_FILE, line: before.length, column },
    message,
    ...(source !== undefined && source !== '' && { source, length: 1 }),
    help,
  };
  return fail({ kind: 'bad_input', diagnostics: [diagnostic] });
}

function baselineOf({ metrics, tools, findings, loosened = {} }: BaselineFile): Baseline {
  const identities: [Identity, number][] = Object.entries(findings).flatMap(([tool, files]) =>
    Object.entries(files).flatMap(([file, marks]) =>
      Object.entries(marks).map(([mark, times]): [Identity, number] => [
        identityOf({ tool, file, mark }),
        times,
      ]),
    ),
  );
  return {
    metrics: new Map(
      Object.entries(metrics).map(([name, { value, by }]) => [
        name,
        by === undefined ? { value } : { value, by },
      ]),
    ),
    tools: new Map(Object.entries(tools)),
    findings: new Map(identities),
    loosened: new Map(Object.entries(loosened)),
  };
}

/** The text of the file: the same baseline is the same text, whoever writes it where. */
export function baselineText({ metrics, tools, findings, loosened }: Baseline): string {
  const nested = new Map<string, Map<string, [string, number][]>>();
  for (const [identity, times] of inOrder(findings)) {
    const { tool, file, mark } = partsOf(identity);
    const files = nested.get(tool) ?? new Map<string, [string, number][]>();
    nested.set(tool, files.set(file, [...(files.get(file) ?? []), [mark, times]]));
  }
  const file = {
    schema: SCHEMA,
    metrics: Object.fromEntries(inOrder(metrics)),
    tools: Object.fromEntries(inOrder(tools)),
    findings: Object.fromEntries(
      [...nested].map(([tool, files]) => [
        tool,
        Object.fromEntries(
          [...files].map(([name, marks]) => [name, Object.fromEntries(marks)] as const),
        ),
      ]),
    ),
    ...(loosened.size > 0 && { loosened: Object.fromEntries(inOrder(loosened)) }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** By code units: the order of no machine's language. */
const inOrder = <T>(entries: ReadonlyMap<string, T>): [string, T][] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
