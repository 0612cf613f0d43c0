import type { Agent } from '../agents/agent.ts';
import { AGENT_NAMES } from '../agents/load-prompts.ts';
import type { Team } from '../agents/team.ts';
import { type Clock, roundMs } from '../clock.ts';
import { ServiceError, toServiceError } from '../errors.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { Route, ServerEvent } from '../http/route.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import { BodyFields } from '../shape.ts';
import { SPECIALISTS } from '../workflows/plan.ts';

export interface ChatParts {
  readonly team: Team;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly metrics: ServiceMetrics;
}

/** A conversation turn, streamed. Events: `token` (text), then `done` or `error`. */
export function chatRoutes(parts: ChatParts): Route[] {
  return [
    {
      method: 'POST',
      path: '/chat',
      about: 'streams the answer of one agent as server-sent events',
      access: 'signed-in',
      isSteered: true,
      handle: async (request) => {
        const fields = new BodyFields(await request.body(), ['agent', 'message']);
        const agent = parts.team.get(fields.oneOf('agent', AGENT_NAMES));
        const events = answer(parts, agent, fields.text('message'), request.signal);
        // Waiting for the first piece lets a provider that is down be a 502 instead of a broken stream.
        const first = await events.next();
        return { kind: 'events', events: startingWith(first, events) };
      },
    },
  ];
}

async function* answer(
  { clock, faults, metrics }: ChatParts,
  agent: Agent,
  message: string,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent, void> {
  const startMs = clock.monotonicMs();
  const values = { task: message, context: 'nothing yet', agents: SPECIALISTS.join(', ') };
  let pieces = 0;
  let firstTokenMs = 0;
  try {
    for await (const text of agent.stream(values, signal)) {
      if (pieces === 1) faults.trip('streaming_chat', 'upstream_failed');
      if (pieces === 0) firstTokenMs = roundMs(clock.monotonicMs() - startMs);
      pieces += 1;
      yield { event: 'token', data: { text } };
    }
  } catch (thrown) {
    if (pieces === 0) throw thrown;
    const { type, message: reason } = toServiceError(thrown);
    metrics.errors.add({ type });
    yield { event: 'error', data: { type, message: reason } };
    return;
  }
  yield { event: 'done', data: { agent: agent.name, pieces, timeToFirstTokenMs: firstTokenMs } };
}

async function* startingWith(
  first: IteratorResult<ServerEvent, void>,
  rest: AsyncGenerator<ServerEvent, void>,
): AsyncGenerator<ServerEvent> {
  if (first.done) throw new ServiceError('upstream_failed', 'the answer was empty');
  yield first.value;
  yield* rest;
}
