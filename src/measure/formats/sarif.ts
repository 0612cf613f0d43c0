/** SARIF 2.1.0, the part nemesis uses. https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */

import { z } from 'zod';
import { parseJson, parsed, unreadable, type Parsed } from './parsed.ts';

const Level = z.enum(['none', 'note', 'warning', 'error']);
const Message = z.object({ text: z.string().optional(), markdown: z.string().optional() });
const Notification = z.object({ level: Level.optional(), message: Message });

const Result = z.object({
  ruleId: z.string().optional(),
  ruleIndex: z.int().optional(),
  rule: z.object({ id: z.string().optional(), index: z.int().optional() }).optional(),
  kind: z.string().optional(),
  level: Level.optional(),
  message: Message,
  baselineState: z.string().optional(),
  suppressions: z.array(z.object({ status: z.string().optional() })).nullish(),
  locations: z
    .array(
      z.object({
        physicalLocation: z
          .object({
            artifactLocation: z.object({ uri: z.string().optional() }).optional(),
            region: z
              .object({ startLine: z.number().optional(), startColumn: z.number().optional() })
              .optional(),
          })
          .optional(),
      }),
    )
    .optional(),
});

const Run = z.object({
  tool: z.object({
    driver: z.object({
      rules: z
        .array(
          z.object({
            id: z.string(),
            defaultConfiguration: z.object({ level: Level.optional() }).optional(),
          }),
        )
        .optional(),
    }),
  }),
  invocations: z
    .array(
      z.object({
        executionSuccessful: z.boolean(),
        toolConfigurationNotifications: z.array(Notification).optional(),
        toolExecutionNotifications: z.array(Notification).optional(),
      }),
    )
    .optional(),
  results: z.array(Result).nullish(),
});
const Log = z.object({ version: z.string().regex(/^2\.1\.\d+$/), runs: z.array(Run) });

export interface SarifResult {
  readonly rule: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  /** As the report spells it: a relative path or a `file:` URL, decoded. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

export type Sarif =
  | { readonly kind: 'results'; readonly results: readonly SarifResult[] }
  /** The tool says itself that it did not do its work. */
  | { readonly kind: 'failed'; readonly fault: 'config' | 'execution'; readonly why: string }
  /** No run, or a run that never looked: SARIF leaves `results` out then. */
  | { readonly kind: 'nothing' };

/** Results that are suppressed, gone since the baseline, or no failures are left out. */
export function parseSarif(text: string): Parsed<Sarif> {
  const log = parseJson(text, Log);
  if (!log.ok) return log;
  const { runs } = log.value;
  for (const run of runs) {
    const failure = failureOf(run);
    if (failure !== undefined) return parsed(failure);
  }
  if (runs.length === 0 || runs.some((run) => run.results == null)) {
    return parsed({ kind: 'nothing' });
  }
  const results: SarifResult[] = [];
  for (const run of runs) {
    for (const result of run.results ?? []) {
      if (!isProblem(result)) continue;
      const file = fileOf(result);
      if (file === null) return unreadable('names a file in a way that is no URI');
      const read = readResult(run, result, file);
      if (read !== undefined) results.push(read);
    }
  }
  return parsed({ kind: 'results', results });
}

function failureOf(run: z.infer<typeof Run>): Sarif | undefined {
  for (const invocation of run.invocations ?? []) {
    const config = invocation.toolConfigurationNotifications?.find(isError);
    if (config !== undefined) {
      return { kind: 'failed', fault: 'config', why: textOf(config.message) };
    }
    if (!invocation.executionSuccessful) {
      const [notification] = invocation.toolExecutionNotifications ?? [];
      const why = notification === undefined ? 'no reason given' : textOf(notification.message);
      return { kind: 'failed', fault: 'execution', why };
    }
  }
  return undefined;
}

const isError = ({ level }: z.infer<typeof Notification>): boolean => level === 'error';

function textOf({ text, markdown }: z.infer<typeof Message>): string {
  return (text ?? markdown ?? '').trim().split('\n', 1)[0] || 'no message';
}

function isProblem({ kind, baselineState, suppressions }: z.infer<typeof Result>): boolean {
  const suppressed = suppressions?.some(
    ({ status }) => status === undefined || status === 'accepted',
  );
  return (kind === undefined || kind === 'fail') && baselineState !== 'absent' && !suppressed;
}

function readResult(
  run: z.infer<typeof Run>,
  result: z.infer<typeof Result>,
  file: string | undefined,
): SarifResult | undefined {
  const { id, defaultLevel } = ruleOf(run, result);
  const level = result.level ?? defaultLevel ?? 'warning';
  if (level === 'none') return undefined;
  const region = result.locations?.[0]?.physicalLocation?.region;
  return {
    rule: id ?? 'unnamed',
    level,
    message: textOf(result.message),
    file,
    line: fromOne(region?.startLine),
    column: fromOne(region?.startColumn),
  };
}

/** A result names its rule by id, by its place in the driver's list, or both. */
function ruleOf(
  { tool }: z.infer<typeof Run>,
  { ruleId, ruleIndex, rule }: z.infer<typeof Result>,
): { id: string | undefined; defaultLevel: z.infer<typeof Level> | undefined } {
  const rules = tool.driver.rules ?? [];
  const id = ruleId ?? rule?.id;
  const listed = rules[ruleIndex ?? rule?.index ?? -1] ?? rules.find((one) => one.id === id);
  return { id: id ?? listed?.id, defaultLevel: listed?.defaultConfiguration?.level };
}

function fileOf({ locations }: z.infer<typeof Result>): string | null | undefined {
  const uri = locations?.[0]?.physicalLocation?.artifactLocation?.uri;
  if (uri === undefined) return undefined;
  try {
    return decodeURIComponent(uri.replace(/^file:\/\/(?:localhost)?/, ''));
  } catch {
    return null;
  }
}

function fromOne(value: number | undefined): number | undefined {
  return value !== undefined && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
