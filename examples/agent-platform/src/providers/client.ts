import type { ProviderAddress } from '../config.ts';
import { reasonOf, ServiceError } from '../errors.ts';
import { at } from '../shape.ts';
import { DIALECTS } from './dialects.ts';
import type { Provider, ProviderName, Question } from './provider.ts';
import { readEvents } from './read-events.ts';

/** Talks to one provider over HTTP. */
export function createProvider(
  name: ProviderName,
  { baseUrl, apiKey }: ProviderAddress,
  send: typeof fetch = fetch,
): Provider {
  const dialect = DIALECTS[name];
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await send(baseUrl + path, {
      ...init,
      headers: { ...dialect.headers(apiKey), 'content-type': 'application/json' },
      redirect: 'error', // a redirect would carry the key to another host
    }).catch((thrown: unknown) => {
      throw new ServiceError('upstream_failed', `${name} is not reachable`, { cause: thrown });
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new ServiceError('upstream_failed', `${name} answered ${response.status}`);
  };
  return {
    name,
    async ping(signal) {
      const response = await ask(dialect.modelsPath, { signal });
      await response.body?.cancel();
    },
    async *stream({ model, prompt, signal }: Question) {
      const response = await ask(dialect.streamPath(model), {
        method: 'POST',
        body: JSON.stringify(dialect.body(model, prompt)),
        signal,
      });
      if (response.body === null) throw new ServiceError('upstream_failed', `${name} sent no body`);
      try {
        for await (const data of readEvents(response.body)) {
          if (data === '[DONE]') return;
          const event: unknown = JSON.parse(data);
          if (at(event, 'error')) throw new ServiceError('upstream_failed', `${name} broke off`);
          const text = dialect.text(event);
          if (typeof text === 'string' && text !== '') yield text;
        }
      } catch (thrown) {
        if (thrown instanceof ServiceError) throw thrown;
        throw new ServiceError('upstream_failed', `${name} broke off: ${reasonOf(thrown)}`);
      }
    },
  };
}
