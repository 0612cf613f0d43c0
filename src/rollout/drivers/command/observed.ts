/** Reads what an `observe` script says. Everything in it is from outside: strict, bounded, and told with its place. Pure. */

import { z } from 'zod';
import { fail, ok, type Result } from '../../../failure.ts';
import { LATENCY_BOUNDS_MS, releaseKey, type Observed, type Traffic } from '../../driver.ts';

const Word = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => !/\p{Cc}/u.test(text), 'must be without control characters');
const Count = z.int().min(0);

const Release = { version: Word, artifact: Word.nullable(), commit: Word.nullable().default(null) };

/** `[50, 120]`: 120 requests that took at most 50 ms, and more than the entry before; null: any longer. */
const Latency = z
  .array(z.tuple([z.number().positive().nullable(), Count]))
  .max(1000)
  .refine(
    (entries) => entries.every(([ms], at) => at === 0 || above(ms, entries[at - 1]![0])),
    'must rise',
  );

/** By type: a status, or what the team calls it. */
const Failures = z
  .record(Word, Count)
  .refine((types) => Object.keys(types).length <= 1000, 'has more than 1000 types');

const TrafficSaid = z
  .strictObject({
    requests: Count,
    errors: Count,
    latency: Latency.optional(),
    failures: Failures.optional(),
  })
  .refine(({ requests, errors }) => errors <= requests, 'has more errors than requests');

const SlotSaid = z
  .strictObject({
    ...Release,
    instances: Count.max(100_000),
    healthy: Count,
    share: z.number().min(0).max(1),
    traffic: TrafficSaid.nullable().optional(),
    problems: z.array(z.string().max(10_000)).max(1000).optional(),
  })
  .refine(({ healthy, instances }) => healthy <= instances, 'has more healthy than run');

const Said = z.strictObject({
  schema: z.literal('nemesis.observed/1'),
  fence: Count,
  slots: z
    .array(SlotSaid)
    .max(1000)
    .refine((slots) => areDifferent(slots), 'name a release twice')
    .refine(
      (slots) => slots.reduce((sum, { share }) => sum + share, 0) < 1.01,
      'share more than 1',
    ),
  restorable: z.array(z.strictObject(Release)).max(10_000),
});

type SlotSaid = z.infer<typeof SlotSaid>;

const MOST_PROBLEMS = 20;

/**
 * @param shown makes words from outside fit for people
 * @returns or what is wrong with it, with its place: `slots[0].share: …`
 */
export function readObserved(
  output: Uint8Array,
  shown: (text: string) => string,
): Result<Observed, string> {
  let json: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(output);
    if (text.trim() === '') return fail('it said nothing');
    json = JSON.parse(text);
  } catch {
    return fail('what it said is not one JSON document');
  }
  const said = Said.safeParse(json);
  if (!said.success) return fail(shown(firstIssue(said.error)));
  const { fence, slots, restorable } = said.data;
  return ok({
    fence,
    slots: slots.map((slot) => ({
      release: releaseOf(slot),
      ...{ instances: slot.instances, healthy: slot.healthy, share: slot.share },
      traffic: trafficOf(slot.traffic),
      problems: (slot.problems ?? []).slice(0, MOST_PROBLEMS).map(shown),
    })),
    restorable: restorable.map(releaseOf),
  });
}

function firstIssue({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return `${place.join('').replace(/^\./, '') || 'the document'}: ${message}`;
}

function releaseOf({ version, artifact, commit }: Pick<SlotSaid, keyof typeof Release>) {
  return { version, artifact, commit, committed_at: null };
}

function areDifferent(slots: readonly SlotSaid[]): boolean {
  return new Set(slots.map((slot) => releaseKey(releaseOf(slot)))).size === slots.length;
}

function above(ms: number | null, before: number | null): boolean {
  return before !== null && (ms === null || ms > before);
}

/** Into the buckets of the port; a time between two bounds counts as the higher. */
function trafficOf(said: SlotSaid['traffic']): Traffic | null {
  if (said == null) return null;
  const { requests, errors, latency: entries, failures } = said;
  const types = failures === undefined ? {} : { failures };
  if (entries === undefined) return { requests, errors, latency: [], ...types };
  const latency = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  for (const [ms, count] of entries) {
    const index = ms === null ? -1 : LATENCY_BOUNDS_MS.findIndex((bound) => bound >= ms);
    latency[index === -1 ? LATENCY_BOUNDS_MS.length : index]! += count;
  }
  return { requests, errors, latency, ...types };
}
