import { describe, expect, it } from 'vitest';
import { createProvider } from '../../src/providers/client.ts';
import { DIALECTS } from '../../src/providers/dialects.ts';
import { PROVIDER_NAMES } from '../../src/providers/provider.ts';
import { readEvents } from '../../src/providers/read-events.ts';
import { answerTo, toPieces } from '../../src/standins/answers.ts';
import { PROTOCOLS } from '../../src/standins/provider-protocols.ts';

const { signal } = new AbortController();
const address = { baseUrl: 'http://127.0.0.1:1', apiKey: 'letmein' };
const question = { model: 'small', prompt: 'hello', signal };

async function collect(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

function answering(response: () => Response) {
  const calls: { url: string; init: RequestInit }[] = [];
  const send = ((url: string, init: RequestInit) => {
    calls.push({ url, init });
    return Promise.resolve(response());
  }) as typeof fetch;
  return { calls, send };
}

describe.each(PROVIDER_NAMES)('%s', (name) => {
  it('understands what its protocol streams', async () => {
    const pieces = ['Hel', 'lo ', 'Ada'];
    const body = PROTOCOLS[name].events(pieces).map((data) => `data: ${data}\n\n`);
    const { send, calls } = answering(() => new Response(body.join('')));
    const provider = createProvider(name, address, send);
    await expect(collect(provider.stream(question))).resolves.toBe('Hello Ada');
    expect(JSON.stringify(calls[0]?.init.headers)).toContain('letmein');
    const sent: unknown = JSON.parse(calls[0]?.init.body as string);
    expect(PROTOCOLS[name].promptOf(sent)).toBe('hello');
    expect(
      PROTOCOLS[name].streamPath.test(DIALECTS[name].streamPath('small').split('?')[0] ?? ''),
    ).toBe(true);
    expect(PROTOCOLS[name].modelsPath).toBe(DIALECTS[name].modelsPath);
  });

  it('sends its key where the protocol looks for it', () => {
    expect(PROTOCOLS[name].keyOf(DIALECTS[name].headers('letmein'))).toBe('letmein');
    expect(PROTOCOLS[name].keyOf({})).toBeUndefined();
  });

  it('is authenticated when the model list answers', async () => {
    const { send, calls } = answering(() => new Response('{}'));
    await createProvider(name, address, send).ping(signal);
    expect(calls[0]?.url).toContain('/models');
  });

  it('names a refusal', async () => {
    const { send } = answering(() => new Response('{}', { status: 401 }));
    await expect(createProvider(name, address, send).ping(signal)).rejects.toThrow(
      `${name} answered 401`,
    );
  });
});

describe('createProvider', () => {
  it('names a provider that is not there', async () => {
    const provider = createProvider('openai', address, () => Promise.reject(new Error('refused')));
    await expect(provider.ping(signal)).rejects.toThrow('openai is not reachable');
  });

  it.each([
    ['an error event', 'data: {"error":{"message":"overloaded"}}\n\n'],
    ['no JSON', 'data: oops\n\n'],
  ])('breaks off at %s', async (_what, body) => {
    const { send } = answering(() => new Response(body));
    const provider = createProvider('anthropic', address, send);
    await expect(collect(provider.stream(question))).rejects.toThrow('anthropic broke off');
  });

  it('refuses an answer without a body', async () => {
    const { send } = answering(() => new Response(null));
    const provider = createProvider('mistral', address, send);
    await expect(collect(provider.stream(question))).rejects.toThrow('mistral sent no body');
  });
});

describe('readEvents', () => {
  it('joins what was cut and skips comments', async () => {
    const bytes = new TextEncoder().encode(
      ': hi\r\nevent: x\r\ndata: ä\r\ndata: b\r\n\r\n\r\ndata:c\n\n',
    );
    async function* cut() {
      await Promise.resolve();
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    const events: string[] = [];
    for await (const data of readEvents(cut())) events.push(data);
    expect(events).toEqual(['ä\nb', 'c']);
  });
});

describe('stand-in answers', () => {
  it.each([
    ['Task:\nFix the bug\n\nAnswer with exactly one word', 'coder'],
    ['Task:\nWho was Ada\n\nAnswer with exactly one word', 'researcher'],
  ])('routes by the task', (prompt, answer) => {
    expect(answerTo(prompt)).toBe(answer);
  });

  it('comes in pieces that make the whole', () => {
    const text = answerTo('Question:\nWho was Ada\n\nReply');
    expect(toPieces(text).join('')).toBe(text);
    expect(toPieces(text).length).toBeGreaterThan(3);
    expect(toPieces('')).toEqual([]);
  });
});
