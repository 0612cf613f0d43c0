/** Asks for a JSON document: bounded in time and size, and never led elsewhere. */

import { fail, ok, type Result } from '../../failure.ts';

const CAP_BYTES = 4 * 1024 * 1024;

/** @returns or why there is no answer, in words that say nothing of a release */
export async function fetchJson(
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Result<unknown, string>> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const response = await fetch(url, {
      ...{ redirect: 'manual', signal: bounded },
      headers: { accept: 'application/json', ...headers },
    });
    const { status } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      return fail(`it answered ${status}, and is not followed elsewhere`);
    }
    const body = await bodyOf(response);
    if (!body.ok) return body;
    if (status !== 200) return fail(`it answered ${status}`);
    return parsed(body.value);
  } catch (error) {
    if (signal.aborted) return fail('it was not waited for');
    if (bounded.aborted) return fail(`it did not answer within ${timeoutMs / 1000} s`);
    const { cause } = error as { readonly cause?: { readonly code?: string } };
    return fail(`it could not be asked: ${cause?.code ?? 'no connection'}`);
  }
}

async function bodyOf({ body }: Response): Promise<Result<Uint8Array, string>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (body === null) return ok(new Uint8Array());
  for await (const part of body as AsyncIterable<Uint8Array>) {
    size += part.length;
    // Leaving the loop ends the connection.
    if (size > CAP_BYTES) return fail(`its answer is longer than ${CAP_BYTES / 1024 / 1024} MiB`);
    parts.push(part);
  }
  return ok(Buffer.concat(parts));
}

function parsed(body: Uint8Array): Result<unknown, string> {
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch {
    return fail('its answer is not JSON');
  }
}
