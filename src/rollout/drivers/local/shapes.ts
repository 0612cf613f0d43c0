/** The shapes of what the daemon is asked, answers, and keeps on disk. */

import { z } from 'zod';

const count = z.int().min(0);
const ms = z
  .number()
  .min(0)
  .max(2 ** 31 - 1);

export const ReleaseShape = z.object({
  version: z.string(),
  commit: z.string().nullable(),
  committed_at: z.number().nullable(),
  artifact: z.string().nullable(),
});

const SlotShape = z.object({
  release: ReleaseShape,
  instances: count.max(1000),
  share: z.number().min(0).max(1),
});

const DesiredShape = z.object({ slots: z.array(SlotShape).max(100) });

const HealthShape = z.object({
  path: z.string(),
  intervalMs: ms,
  timeoutMs: ms,
  healthyAfter: z.int().min(1),
  unhealthyAfter: z.int().min(1),
});

const SpecShape = z.object({
  release: ReleaseShape,
  start: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()),
  health: HealthShape,
  drainMs: ms,
});

const ListenShape = z.object({ host: z.string().min(1), port: z.int().min(1).max(65_535) });

export const RequestShape = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('observe') }),
  z.object({
    verb: z.literal('apply'),
    desired: DesiredShape,
    fence: count,
    listen: ListenShape.exactOptional(),
    keep: count.exactOptional(),
    specs: z.array(SpecShape.extend({ artifactPath: z.string().exactOptional() })).exactOptional(),
  }),
  z.object({ verb: z.literal('down'), fence: count.exactOptional() }),
]);

const TrafficShape = z.object({
  ...{ requests: count, errors: count, latency: z.array(count) },
  failures: z.record(z.string(), count).exactOptional(),
});

export const ObservedShape = z.object({
  fence: count,
  slots: z.array(
    SlotShape.extend({
      healthy: count,
      traffic: TrafficShape.nullable(),
      problems: z.array(z.string()),
    }),
  ),
  restorable: z.array(ReleaseShape),
});

const FailureShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fenced_out'), fence: z.number(), newest: z.number() }),
  z.object({ kind: z.literal('refused'), message: z.string() }),
  z.object({ kind: z.literal('unreachable'), message: z.string() }),
  z.object({ kind: z.literal('bad_answer'), message: z.string() }),
  z.object({ kind: z.literal('aborted') }),
]);

export const AnswerShape = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: ObservedShape.nullable() }),
  z.object({ ok: z.literal(false), failure: FailureShape }),
]);

export const StateShape = z.object({
  service: z.string(),
  environment: z.string(),
  fence: count,
  desired: DesiredShape,
  /** Keys of the releases that had traffic before the ones that have it now. */
  before: z.array(z.string()),
  listen: ListenShape.nullable(),
  keep: count,
});

/** `release.json` of a kept release. */
export const KeptShape = z.object({
  spec: SpecShape,
  digest: z.string(),
  /** Was an instance ever healthy? Until then a new specification takes the place of the old one. */
  proven: z.boolean(),
  /** Epoch ms: when its files were read. */
  readAt: z.number(),
  /** Epoch ms: when it was last asked to run. */
  usedAt: z.number(),
});

export const ProcessShape = z.object({ pid: z.int().min(2), startToken: z.string().nullable() });

export const InstancesShape = z.array(
  z.object({
    id: z.string(),
    release: ReleaseShape,
    number: z.int().min(1),
    /** Null while it is being started. */
    process: ProcessShape.nullable(),
    port: z.int().min(1).max(65_535),
    isHealthy: z.boolean(),
  }),
);

export const TrafficFileShape = z.record(z.string(), TrafficShape);
