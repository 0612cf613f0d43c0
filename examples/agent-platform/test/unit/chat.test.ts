import { describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../src/http/route.ts';
import { formatEvent } from '../../src/http/write-reply.ts';
import { answerTo } from '../../src/standins/answers.ts';
import { createHarness } from '../support/harness.ts';

const token = 'for-machines';
const body = { agent: 'researcher', message: 'Who was Ada' };
const chat = (FAULTS = '', answer = answerTo) =>
  createHarness({ SERVICE_TOKEN: token, FAULTS }, answer).call('POST', '/chat', { body, token });

describe('POST /chat', () => {
  it('streams the answer in pieces', async () => {
    const events = (await chat()).body as ServerEvent[];
    const tokens = events.filter(({ event }) => event === 'token');
    const text = tokens.map(({ data }) => (data as { text: string }).text).join('');
    expect(text).toContain('In short: Who was Ada');
    expect(events.at(-1)).toEqual({
      event: 'done',
      data: { agent: 'researcher', pieces: tokens.length, timeToFirstTokenMs: 0 },
    });
  });

  it('is an error before the first piece', async () => {
    expect((await chat('google_ping')).status).toBe(502);
    expect((await chat('', () => '')).status).toBe(502);
  });

  it('is an error event after the first piece', async () => {
    const events = (await chat('streaming_chat')).body as ServerEvent[];
    expect(events.map(({ event }) => event)).toEqual(['token', 'error']);
  });
});

describe('formatEvent', () => {
  it('keeps line breaks inside the data', () => {
    expect(formatEvent({ event: 'token', data: { text: 'a\nb' } })).toBe(
      'event: token\ndata: {"text":"a\\nb"}\n\n',
    );
  });
});
