/** Keeps secrets of the environment, and all of a known form, out of whatever nemesis says and writes down. */

import { documentRedactor, type Redact } from '../measure/redact.ts';
import type { Io } from './io.ts';

interface Configured {
  readonly loaded: { readonly config: { readonly secrets: readonly string[] } };
}

/** Also the variables that the configuration names. */
export function guardOf({ loaded }: Configured, { env }: Pick<Io, 'env'>): Redact {
  return documentRedactor(env, loaded.config.secrets);
}

/** What is said goes through it. */
export function guarded(io: Io, redact: Redact): Io {
  const all = {
    ...Object.getOwnPropertyDescriptors(io),
    out: { enumerable: true, value: (text: string) => io.out(redact(text)) },
    err: { enumerable: true, value: (text: string) => io.err(redact(text)) },
  };
  return Object.defineProperties({}, all) as Io;
}

/** Before any configuration is read; made when there is something to say. */
export function guardedEarly(io: Io): Io {
  let redact: Redact | undefined;
  return guarded(io, (text) => (redact ??= documentRedactor(io.env, []))(text));
}

/** Every text inside a record. */
export function redactedIn<T>(value: T, redact: Redact): T {
  return inside(value, redact) as T;
}

function inside(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((one: unknown) => inside(one, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, inside(one, redact)]),
  );
}

/** What is kept beyond a run must not hold one. */
export function holdsSecret(
  value: { readonly config: Configured['loaded']['config'] },
  io: Pick<Io, 'env'>,
): boolean {
  const text = JSON.stringify(value);
  return guardOf({ loaded: value }, io)(text) !== text;
}
