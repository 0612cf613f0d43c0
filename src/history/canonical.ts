/** One text for one JSON value, so that a hash over it means the value: sorted keys, no spaces (as in RFC 8785). */

/**
 * @param value JSON as `JSON.parse` gives it. What JSON cannot say is left out or null, as `JSON.stringify` has it.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const held = (value as Record<string, unknown>)[key];
    if (held === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(held)}`;
  }
  return `{${text}}`;
}

/** The value as it will be read back: dates as text, `undefined` left out, NaN as null. */
export function asJson<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
