/** A value in a JSON document by path: `total.lines.pct`, `runs[0].results.length`, `["odd key"].count`. */

import { parsed, unreadable, type Parsed } from './parsed.ts';

type Step = string | number;

/** `$.` in front is allowed. Undefined for what is no path. */
function parseJsonPath(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  const token = /\.?([A-Za-z_@$][\w@$-]*)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]|(.)/gsy;
  const text = path.replace(/^\$(?=[.[])/, '').replace(/^(?!\[|\.)/, '.');
  for (const [, name, index, quoted, odd] of text.matchAll(token)) {
    if (odd !== undefined) return undefined;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? quoted!.replace(/\\(.)/gs, '$1'));
  }
  return steps.length === 0 ? undefined : steps;
}

/** Only what the document itself holds is found, never what JavaScript adds to it; `length` is of arrays. */
export function valueAt(document: unknown, path: string): Parsed<unknown> {
  const steps = parseJsonPath(path);
  if (steps === undefined) return unreadable(`\`${path}\` is no path`);
  let value: unknown = document;
  for (const step of steps) {
    const holds =
      typeof value === 'object' &&
      value !== null &&
      (typeof step === 'number'
        ? Array.isArray(value)
        : !Array.isArray(value) || step === 'length') &&
      Object.hasOwn(value, step);
    if (!holds) return unreadable(`holds nothing at \`${path}\``);
    value = (value as Record<Step, unknown>)[step];
  }
  return parsed(value);
}
