import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { reasonOf, ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { Provider } from '../providers/provider.ts';
import type { Cache } from '../redis/cache.ts';
import type { AgentName, PromptValues } from './load-prompts.ts';
import { type Prompt, renderPrompt } from './prompt-file.ts';

type AgentState = 'initializing' | 'ready';

export interface Agent {
  readonly name: AgentName;
  readonly prompt: Prompt;
  readonly state: AgentState;
  /** Becomes ready when its provider accepts the key; throws when it does not. */
  initialize(signal: AbortSignal): Promise<void>;
  /** The answer, piece by piece, never from the cache. */
  stream(values: PromptValues, signal: AbortSignal): AsyncIterable<string>;
  /** The whole answer. The same question within a minute is answered from the cache. */
  answer(values: PromptValues, signal: AbortSignal): Promise<string>;
}

export interface AgentParts {
  readonly provider: Provider;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly metrics: ServiceMetrics;
  readonly log: Log;
  /** Held back by a fault. */
  readonly isHeldBack?: boolean;
}

const CACHE_MS = 60_000;

/** An agent is a prompt and the provider it is sent to. */
export function createAgent(name: AgentName, prompt: Prompt, parts: AgentParts): Agent {
  const { provider, cache, clock, metrics, log } = parts;
  let state: AgentState = 'initializing';

  async function* stream(values: PromptValues, signal: AbortSignal) {
    const startMs = clock.monotonicMs();
    let isFirst = true;
    const question = { model: prompt.model, prompt: renderPrompt(prompt, values), signal };
    for await (const piece of provider.stream(question)) {
      if (isFirst) {
        metrics.firstTokenSeconds.observe((clock.monotonicMs() - startMs) / 1000, { agent: name });
      }
      isFirst = false;
      yield piece;
    }
    if (isFirst) throw new ServiceError('upstream_failed', `${provider.name} sent an empty answer`);
  }

  /** The cache makes answers faster, so a cache that is down makes them slower and nothing else. */
  async function tryCache<T>(use: () => Promise<T>): Promise<T | undefined> {
    try {
      return await use();
    } catch (thrown) {
      log.warn('cache not used', { agent: name, reason: reasonOf(thrown) });
      return undefined;
    }
  }

  return {
    name,
    prompt,
    get state() {
      return state;
    },
    async initialize(signal) {
      if (state === 'ready') return;
      if (parts.isHeldBack) throw new ServiceError('unavailable', `${name} is still initializing`);
      await provider.ping(signal);
      state = 'ready';
    },
    stream,
    async answer(values, signal) {
      const key = cacheKey(prompt, values);
      const known = await tryCache(() => cache.get(key));
      if (known !== undefined) return known;
      let text = '';
      for await (const piece of stream(values, signal)) text += piece;
      await tryCache(() => cache.set(key, text, CACHE_MS));
      return text;
    },
  };
}

function cacheKey(prompt: Prompt, values: PromptValues): string {
  const question = JSON.stringify([prompt.provider, prompt.model, renderPrompt(prompt, values)]);
  return `answer:${createHash('sha256').update(question).digest('hex')}`;
}
