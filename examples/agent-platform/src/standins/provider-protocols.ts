import type { IncomingHttpHeaders } from 'node:http';
import type { ProviderName } from '../providers/provider.ts';
import { at } from '../shape.ts';

/** The server's side of one provider's protocol, as far as the service uses it. */
export interface ProviderProtocol {
  /** What comes after the loopback address in the base address a client is given. */
  readonly basePath: string;
  readonly keyOf: (headers: IncomingHttpHeaders) => string | undefined;
  readonly modelsPath: string;
  readonly streamPath: RegExp;
  readonly promptOf: (body: unknown) => unknown;
  /** The events that carry the pieces, each a complete `data` text. */
  readonly events: (pieces: readonly string[]) => string[];
}

const bearer = (headers: IncomingHttpHeaders) =>
  headers.authorization?.startsWith('Bearer ') ? headers.authorization.slice(7) : undefined;

const header = (headers: IncomingHttpHeaders, name: string) => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

const chatPrompt = (body: unknown) => at(body, 'messages', 0, 'content');

const chatEvents = (pieces: readonly string[]) => [
  ...pieces.map((content) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] })),
  JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  '[DONE]',
];

export const PROTOCOLS: Readonly<Record<ProviderName, ProviderProtocol>> = {
  openai: {
    basePath: '/openai/v1',
    keyOf: bearer,
    modelsPath: '/models',
    streamPath: /^\/chat\/completions$/,
    promptOf: chatPrompt,
    events: chatEvents,
  },
  anthropic: {
    basePath: '/anthropic',
    keyOf: (headers) => header(headers, 'x-api-key'),
    modelsPath: '/v1/models',
    streamPath: /^\/v1\/messages$/,
    promptOf: chatPrompt,
    events: (pieces) => [
      JSON.stringify({ type: 'message_start', message: { role: 'assistant', content: [] } }),
      ...pieces.map((text) =>
        JSON.stringify({ type: 'content_block_delta', delta: { type: 'text_delta', text } }),
      ),
      JSON.stringify({ type: 'message_stop' }),
    ],
  },
  google: {
    basePath: '/google',
    keyOf: (headers) => header(headers, 'x-goog-api-key'),
    modelsPath: '/v1beta/models',
    streamPath: /^\/v1beta\/models\/[^/]+:streamGenerateContent$/,
    promptOf: (body) => at(body, 'contents', 0, 'parts', 0, 'text'),
    events: (pieces) =>
      pieces.map((text) => JSON.stringify({ candidates: [{ content: { parts: [{ text }] } }] })),
  },
  mistral: {
    basePath: '/mistral',
    keyOf: bearer,
    modelsPath: '/v1/models',
    streamPath: /^\/v1\/chat\/completions$/,
    promptOf: chatPrompt,
    events: chatEvents,
  },
};
