import { at } from '../shape.ts';
import type { ProviderName } from './provider.ts';

/** How one provider wants to be asked. All four stream server-sent events; they differ in what is said here. */
export interface Dialect {
  readonly modelsPath: string;
  readonly headers: (apiKey: string) => Record<string, string>;
  readonly streamPath: (model: string) => string;
  readonly body: (model: string, prompt: string) => unknown;
  /** The piece of text in one event, undefined when the event carries none. */
  readonly text: (event: unknown) => unknown;
}

const MAX_TOKENS = 1024;

const chatMessages = (prompt: string) => [{ role: 'user', content: prompt }];

export const DIALECTS: Readonly<Record<ProviderName, Dialect>> = {
  // https://platform.openai.com/docs/api-reference/chat; the base address ends in /v1
  openai: {
    modelsPath: '/models',
    headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
    streamPath: () => '/chat/completions',
    body: (model, prompt) => ({ model, stream: true, messages: chatMessages(prompt) }),
    text: (event) => at(event, 'choices', 0, 'delta', 'content'),
  },
  // https://docs.anthropic.com/en/api/messages-streaming
  anthropic: {
    modelsPath: '/v1/models',
    headers: (apiKey) => ({ 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' }),
    streamPath: () => '/v1/messages',
    body: (model, prompt) => ({
      model,
      stream: true,
      max_tokens: MAX_TOKENS,
      messages: chatMessages(prompt),
    }),
    text: (event) => at(event, 'delta', 'text'),
  },
  // https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
  google: {
    modelsPath: '/v1beta/models',
    headers: (apiKey) => ({ 'x-goog-api-key': apiKey }),
    streamPath: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: (_model, prompt) => ({ contents: [{ role: 'user', parts: [{ text: prompt }] }] }),
    text: (event) => at(event, 'candidates', 0, 'content', 'parts', 0, 'text'),
  },
  // https://docs.mistral.ai/api/#tag/chat
  mistral: {
    modelsPath: '/v1/models',
    headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
    streamPath: () => '/v1/chat/completions',
    body: (model, prompt) => ({ model, stream: true, messages: chatMessages(prompt) }),
    text: (event) => at(event, 'choices', 0, 'delta', 'content'),
  },
};
