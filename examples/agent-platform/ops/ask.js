/** Asks the release over HTTP. Every question has an end. */

import { neededUrl } from './told.js';

const TIMEOUT_MS = 10_000;

export async function ask(path, { method = 'GET', body, token } = {}) {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(new URL(path, neededUrl()), {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  return {
    status: response.status,
    version: response.headers.get('x-version'),
    instance: response.headers.get('x-instance'),
    text,
    json: () => JSON.parse(text),
  };
}

/** The answer, which has to have this status. */
export async function expectStatus(status, path, question) {
  const answer = await ask(path, question);
  if (answer.status !== status) {
    const method = question?.method ?? 'GET';
    throw new Error(
      `${method} ${path} answered ${answer.status}, not ${status}: ${answer.text.slice(0, 200)}`,
    );
  }
  return answer;
}
