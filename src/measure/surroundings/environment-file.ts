/** The file in which a setup step leaves variables for the tests: `NAME=value` lines, as `GITHUB_ENV` has them. */

import { readFileSync } from 'node:fs';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;
const MOST_BYTES = 1024 * 1024;

export type Variables =
  | { readonly ok: true; readonly env: Env }
  /** `guessed`: what its lines look like they set, to be hidden all the same. */
  | { readonly ok: false; readonly why: string; readonly guessed: Env };

type Env = Readonly<Record<string, string>>;

export function readEnvironmentFile(file: string): Variables {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { ok: true, env: {} };
  }
  const parsed =
    text.length > MOST_BYTES ? refused('more than 1 MiB was written') : parseVariables(text);
  return parsed.ok ? parsed : { ...parsed, guessed: guess(text.slice(0, MOST_BYTES)) };
}

const refused = (why: string): Variables => ({ ok: false, why, guessed: {} });

function guess(text: string): Env {
  const lines = text.matchAll(/^([A-Za-z_][A-Za-z0-9_]{0,199})=(.+)$/gm);
  return Object.fromEntries(Array.from(lines, ([, name, value]) => [name!, value!.trimEnd()]));
}

/** A value of several lines stands between `NAME<<END` and a line `END`. */
export function parseVariables(text: string): Variables {
  const env: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    if (line.trim() === '') continue;
    const [, name = '', kind, rest = ''] = /^([^=<]*?)(=|<<)(.*)$/s.exec(line) ?? [];
    const place = `line ${index + 1}`;
    if (kind === undefined) return refused(`${place} is no NAME=value`);
    if (!NAME.test(name)) return refused(`${place} has no usable name`);
    if (name.startsWith('NEMESIS_')) return refused(`${place} sets ${name}, which is nemesis' own`);
    if (kind === '=') {
      env[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest, index + 1);
    if (rest === '' || end < 0) return refused(`${place} opens a value that never ends`);
    env[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  if (Object.values(env).some((value) => value.includes('\0'))) {
    return refused('a value holds a NUL character');
  }
  return { ok: true, env };
}
