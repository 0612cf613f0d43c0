/** Asks a command of the project for a number. `docs/environments.md` says what it is told and how it answers. */

import { z } from 'zod';
import { fail, ok, type Result } from '../../failure.ts';
import type { CommandSource } from '../../config/environment.ts';
import { redactor } from '../../measure/redact.ts';
import { callScript, type Surroundings } from '../scripts/call.ts';
import { endText, lastLines } from '../scripts/said.ts';
import type { Asked, Saying } from './asked.ts';

const CAP_BYTES = 1024 * 1024;
/** Of what it said, where it says when it knew it. */
const STALE_MS = 60_000;

const Answer = z.strictObject({
  schema: z.literal('nemesis.metric/1'),
  /** Null: it knows nothing. */
  value: z.number().nullable().optional(),
  types: z.record(z.string().max(100), z.number().min(0)).optional(),
  samples: z.number().min(0).optional(),
  /** Epoch ms: when it was true. */
  at: z.number().optional(),
});

export async function askCommand(
  { argv, timeoutMs }: CommandSource,
  { metric, named, fromMs, toMs }: Asked,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Result<Saying, string>> {
  const { release, environment, service } = named;
  const call = {
    ...{ argv, timeoutMs, capBytes: CAP_BYTES },
    document: { schema: 'nemesis.metric/1', metric, release, environment, service, fromMs, toMs },
    values: {
      NEMESIS_METRIC: metric,
      NEMESIS_VERSION: release,
      NEMESIS_ENVIRONMENT: environment,
      NEMESIS_SERVICE: service,
      NEMESIS_FROM_MS: Math.round(fromMs),
      NEMESIS_TO_MS: Math.round(toMs),
    },
  };
  const { end, stdout, stderr } = await callScript(surroundings, call, signal);
  if (end.kind !== 'exited') return fail(`the command ${endText(end)}`);
  if (end.code !== 0) {
    const redact = redactor(surroundings.env, surroundings.secrets);
    const [last = 'nothing on standard error'] = lastLines(stderr, 1, redact);
    return fail(`exit code ${end.code}: ${last}`);
  }
  return readAnswer(stdout, metric, toMs);
}

function readAnswer(stdout: Buffer, metric: string, nowMs: number): Result<Saying, string> {
  const none = (why: string): Result<Saying, string> =>
    ok({ kind: 'told', told: { kind: 'none', why } });
  let json: unknown;
  try {
    json = JSON.parse(stdout.toString('utf8'));
  } catch {
    return fail('what it said is not one JSON document');
  }
  const said = Answer.safeParse(json);
  if (!said.success) return fail('what it said is not as nemesis.metric/1 has it');
  const { value, types, samples, at } = said.data;
  if (at !== undefined && nowMs - at > STALE_MS)
    return none(`what it knows is ${Math.round((nowMs - at) / 1000)} s old`);
  if (metric === 'error_types')
    return types === undefined ? none('it tells no types') : ok({ kind: 'types', types });
  if (value === undefined || value === null) return none('it knows nothing');
  const told = { kind: 'value', value, samples: samples ?? 0 } as const;
  return ok({ kind: 'told', told, isByPoints: samples === undefined });
}
