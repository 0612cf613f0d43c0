import { ServiceError } from './errors.ts';

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Follows keys and indexes into a parsed JSON value; undefined as soon as one is missing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** Takes the fields of a request body one by one; each failed check is a `bad_request` that names the field. */
export class BodyFields {
  readonly #body: JsonObject;

  /** Refuses anything but an object with known fields only, so that a typing mistake is not ignored. */
  constructor(body: unknown, known: readonly string[]) {
    if (!isObject(body)) throw new ServiceError('bad_request', 'the body must be a JSON object');
    const unknown = Object.keys(body).filter((key) => !known.includes(key));
    if (unknown.length > 0) {
      const list = known.length > 0 ? known.join(', ') : 'none';
      throw new ServiceError('bad_request', `unknown field ${unknown[0]}; known are ${list}`);
    }
    this.#body = body;
  }

  /** A text of 1 to `max` characters. */
  text(name: string, max = 8000): string {
    const value = this.#body[name];
    if (typeof value === 'string' && value.length > 0 && value.length <= max) return value;
    throw new ServiceError('bad_request', `${name} must be a text of 1 to ${max} characters`);
  }

  /** One word of a closed set. */
  oneOf<T extends string>(name: string, words: readonly T[]): T {
    const word = words.find((candidate) => candidate === this.#body[name]);
    if (word !== undefined) return word;
    throw new ServiceError('bad_request', `${name} must be one of ${words.join(', ')}`);
  }

  /** True or false, or the fallback when the field is missing. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.#body[name] ?? fallback;
    if (typeof value === 'boolean') return value;
    throw new ServiceError('bad_request', `${name} must be true or false`);
  }

  /** Any JSON value, as long as the field is there. */
  json(name: string): unknown {
    if (Object.hasOwn(this.#body, name)) return this.#body[name];
    throw new ServiceError('bad_request', `${name} is missing`);
  }
}
