/**
 * The one door for files people write (YAML, and JSON, which is YAML): bounded, positioned, and text only.
 * Scalars stay the text that was written (`3.10`, `no`, `0123`); the schemas behind the door give them types.
 */

import { LineCounter, isMap, isScalar, isSeq, parseDocument, visit, type Node } from 'yaml';
import type { Diagnostic, Place } from '../failure.ts';
import { comparisonAt, explainYamlError } from './yaml-traps.ts';

const MOST_BYTES = 256 * 1024;
const MOST_KEYS = 5000;
const DEEPEST = 32;
/** A cheap bound on structure before the parser sees it: its cost grows faster than the text. */
const MOST_MARKS = 20_000;

const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

export type Plain = string | readonly Plain[] | { readonly [key: string]: Plain };

/** A step into a document: a key or an index. */
export type Step = string | number;

export interface Spot extends Place {
  readonly length: number;
  readonly source: string;
  /** How a scalar was written; undefined for collections. */
  readonly style?: 'plain' | 'quoted' | 'block';
}

export interface Document {
  readonly file: string;
  readonly value: Plain;
  /** Where the value at a path stands; the nearest enclosing one when the path leads nowhere. */
  spot(path: readonly Step[]): Spot;
  /** Where the key of a path stands. */
  keySpot(path: readonly Step[]): Spot;
}

export type Opened =
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** @param file the name shown to people @param bytes the file's content */
export function openYaml(file: string, bytes: Uint8Array): Opened {
  const refuse = (message: string, help?: string, line = 1, column = 1): Opened => ({
    ok: false,
    diagnostics: [{ place: { file, line, column }, message, ...(help ? { help: [help] } : {}) }],
  });
  if (bytes.length > MOST_BYTES) {
    return refuse(`the file is ${bytes.length} bytes, the limit is ${MOST_BYTES} (256 KiB)`);
  }
  const decoded = decode(bytes);
  if (decoded === undefined) return refuse('the file is not UTF-8 text', 'save it as UTF-8');
  const nul = decoded.indexOf('\0');
  if (nul >= 0) {
    const before = decoded.slice(0, nul).split('\n');
    const column = before.at(-1)!.length + 1;
    return refuse('the file holds a NUL character', undefined, before.length, column);
  }
  if ((decoded.match(/[:,[{]|^\s*-/gm) ?? []).length > MOST_MARKS) {
    return refuse(`the file has more structure than any gate needs (limit ${MOST_KEYS} keys)`);
  }
  return parse(file, decoded);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parse(file: string, text: string): Opened {
  const lines = text.split(/\r\n|\n|\r/);
  const counter = new LineCounter();
  const at = (start: number, end: number): Spot => {
    const position = counter.linePos(Math.min(start, text.length));
    const line = Math.max(1, position.line);
    const source = lines[line - 1] ?? '';
    const column = Math.max(1, position.col);
    const length = Math.max(1, Math.min(end - start, source.length - column + 1));
    return { file, line, column, length, source };
  };
  const diagnose = (message: string, start: number, end: number, help: readonly string[] = []) => {
    const { length, source, ...place } = at(start, end);
    return { place, message, length, source, help } satisfies Diagnostic;
  };

  let document;
  try {
    document = parseDocument(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter: counter,
      logLevel: 'silent',
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, diagnostics: [diagnose(`nested deeper than ${DEEPEST} levels`, 0, 1)] };
  }

  const diagnostics: Diagnostic[] = document.errors.map((error) => {
    const said = explainYamlError(error, text);
    return diagnose(said.message, said.start ?? error.pos[0], said.end ?? error.pos[1], said.help);
  });
  if (document.errors.length === 0) {
    diagnostics.push(...refusals(document.contents, text, diagnose));
  }
  if (diagnostics.length > 0) return { ok: false, diagnostics };

  const spots = new Map<string, { value: Spot; key?: Spot }>();
  const value = plain(document.contents, [], spots, at);
  const lookUp = (path: readonly Step[]) => {
    for (let length = path.length; length >= 0; length--) {
      const found = spots.get(pointer(path.slice(0, length)));
      if (found !== undefined) return { found, exact: length === path.length };
    }
    return { found: { value: at(0, 1) }, exact: false };
  };
  return {
    ok: true,
    document: {
      file,
      value,
      spot: (path) => {
        const { found, exact } = lookUp(path);
        return exact || found.key === undefined ? found.value : found.key;
      },
      keySpot: (path) => {
        const { found } = lookUp(path);
        return found.key ?? found.value;
      },
    },
  };
}

type Diagnose = (m: string, start: number, end: number, help?: readonly string[]) => Diagnostic;

/** What YAML allows and a gate file does not: aliases, tags, odd keys, duplicates, too much of anything. */
function refusals(contents: Node | null, text: string, diagnose: Diagnose): Diagnostic[] {
  const found: Diagnostic[] = [];
  let keys = 0;
  if (contents === null) return found;
  visit(contents, {
    Alias: (_, node) => {
      const [start = 0, end = start + 1] = node.range ?? [];
      found.push(
        diagnose('aliases (`*name`) are not allowed here', start, end, ['write the value out']),
      );
    },
    Node: (_, node, path) => {
      const [start = 0, end = start + 1] = node.range ?? [];
      if ('anchor' in node && node.anchor !== undefined) {
        found.push(
          diagnose('anchors (`&name`) are not allowed here', start, end, ['write the value out']),
        );
      }
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
        found.push(diagnose(`the tag ${node.tag} is not allowed here`, start, end, ['remove it']));
      }
      const trap = isFolded(node) ? comparisonAt(text, start) : undefined;
      if (trap !== undefined) {
        found.push(diagnose(trap.message, trap.start ?? start, trap.end ?? end, trap.help));
      }
      if (path.length > DEEPEST * 2) {
        found.push(diagnose(`nested deeper than ${DEEPEST} levels`, start, end));
        return visit.BREAK;
      }
      return undefined;
    },
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const pair of map.items) {
        keys += 1;
        const key = pair.key;
        const [start = 0, end = start + 1] = (key as Node | null)?.range ?? [];
        if (!isScalar(key)) {
          found.push(diagnose('a key must be plain text', start, end));
          continue;
        }
        const name = String(key.value);
        if (name === '<<') {
          found.push(
            diagnose('merge keys (`<<`) are not allowed here', start, end, [
              'write the values out',
            ]),
          );
        } else if (REFUSED_KEYS.has(name)) {
          found.push(diagnose(`the key \`${name}\` is not allowed`, start, end));
        } else if (seen.has(name)) {
          found.push(
            diagnose(`the key \`${name}\` stands here twice`, start, end, ['keep one of them']),
          );
        }
        seen.add(name);
      }
      if (keys > MOST_KEYS) {
        const [start = 0] = map.range ?? [];
        found.push(diagnose(`more than ${MOST_KEYS} keys`, start, start + 1));
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return found;
}

function isFolded(node: unknown): boolean {
  return isScalar(node) && node.type === 'BLOCK_FOLDED';
}

function plain(
  node: unknown,
  path: readonly Step[],
  spots: Map<string, { value: Spot; key?: Spot }>,
  at: (start: number, end: number) => Spot,
): Plain {
  const [start = 0, end = start + 1] = (node as Node | null)?.range ?? [];
  const id = pointer(path);
  const key = spots.get(id)?.key;
  const note = (spot: Spot) => spots.set(id, { value: spot, ...(key ? { key } : {}) });
  if (isMap(node)) {
    note(at(start, start + 1));
    const value: Record<string, Plain> = Object.create(null) as Record<string, Plain>;
    for (const pair of node.items) {
      const name = String((pair.key as { value: unknown }).value);
      const keyRange = (pair.key as Node).range ?? [0, 1];
      const keySpot = at(keyRange[0], keyRange[1]);
      const inner = [...path, name];
      spots.set(pointer(inner), { value: keySpot, key: keySpot });
      value[name] = pair.value === null ? '' : plain(pair.value, inner, spots, at);
    }
    return value;
  }
  if (isSeq(node)) {
    note(at(start, start + 1));
    return node.items.map((item, index) => plain(item, [...path, index], spots, at));
  }
  const scalar = isScalar(node) ? node : undefined;
  const style =
    scalar?.type === 'PLAIN' ? 'plain' : scalar?.type?.startsWith('BLOCK') ? 'block' : 'quoted';
  if (end > start) note({ ...at(start, end), style });
  return scalar?.value === null || scalar === undefined ? '' : String(scalar.value);
}

function pointer(path: readonly Step[]): string {
  return path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}
