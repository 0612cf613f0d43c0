/** lcov tracefiles: `SF:file`, `DA:line,hits`, `LF:`, `LH:`, `end_of_record`. See geninfo(1). */

import path from 'node:path';
import { parseCount, type Share } from './numbers.ts';
import { parsed, unreadable, type Parsed } from './parsed.ts';

/** Line number to "was it run", for each file. */
export type LineHits = ReadonlyMap<string, ReadonlyMap<number, boolean>>;

interface OpenRecord {
  readonly file: string;
  readonly lines: Map<number, boolean>;
  found?: number;
  hit?: number;
}

/** A file's records are merged; a record that is cut or contradicts itself makes the text unreadable. */
export function parseLcov(text: string): Parsed<LineHits> {
  const files = new Map<string, Map<number, boolean>>();
  let record: OpenRecord | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const wrong = (why: string): Parsed<never> => unreadable(`line ${index + 1}: ${why}`);
    const [, key, value = ''] = /^([A-Z]+):(.*?)\r?$/.exec(line) ?? [];
    if (key === 'SF') {
      if (record !== undefined) return wrong('a record begins inside another');
      if (value === '') return wrong('a record without a file');
      record = { file: value, lines: new Map() };
    } else if (/^end_of_record\r?$/.test(line)) {
      if (record === undefined) return wrong('a record ends that never began');
      const problem = contradiction(record);
      if (problem !== undefined) return wrong(problem);
      merge(files, record.file, record.lines);
      record = undefined;
    } else if (key !== undefined && !takes(record, key, value)) {
      return wrong(`not a count of lines: ${line.slice(0, 60)}`);
    }
  }
  return record === undefined ? parsed(files) : unreadable('is cut in the middle of a record');
}

/** False when the line is one that counts and does not. */
function takes(record: OpenRecord | undefined, key: string, value: string): boolean {
  if (key === 'DA') {
    const hit = lineHit(value);
    if (hit === undefined || record === undefined) return false;
    record.lines.set(hit.line, (record.lines.get(hit.line) ?? false) || hit.covered);
  } else if (key === 'LF' || key === 'LH') {
    const count = parseCount(value);
    if (count === undefined || record === undefined) return false;
    record[key === 'LF' ? 'found' : 'hit'] = count;
  }
  return true;
}

function lineHit(value: string): { line: number; covered: boolean } | undefined {
  const match = /^(\d+),(\d+)(?:,[^,]*)?$/.exec(value);
  const line = parseCount(match?.[1] ?? '');
  if (match === null || line === undefined || line === 0) return undefined;
  return { line, covered: /[1-9]/.test(match[2] ?? '') };
}

/** LF and LH are only trusted to agree with the lines themselves. */
function contradiction({ lines, found, hit }: OpenRecord): string | undefined {
  const { covered, total } = shareOf(new Map([['', lines]]));
  if (found !== undefined && found !== total) return `LF says ${found} lines, ${total} are listed`;
  if (hit !== undefined && hit !== covered) return `LH says ${hit} lines are hit, ${covered} are`;
  return undefined;
}

function merge(
  files: Map<string, Map<number, boolean>>,
  file: string,
  lines: ReadonlyMap<number, boolean>,
): void {
  const known = files.get(file) ?? new Map<number, boolean>();
  for (const [line, covered] of lines) known.set(line, (known.get(line) ?? false) || covered);
  files.set(file, known);
}

export function shareOf(hits: LineHits): Share {
  let covered = 0;
  let total = 0;
  for (const lines of hits.values()) {
    total += lines.size;
    for (const isCovered of lines.values()) if (isCovered) covered += 1;
  }
  return { covered, total };
}

/** A line is covered when any of them covers it. */
export function unionOf(all: readonly LineHits[]): LineHits {
  const files = new Map<string, Map<number, boolean>>();
  for (const hits of all) for (const [file, lines] of hits) merge(files, file, lines);
  return files;
}

/** The same hits with paths relative to `root`, so that reports of several tools can be put together. */
export function relativeTo(root: string, hits: LineHits): LineHits {
  const files = new Map<string, Map<number, boolean>>();
  for (const [file, lines] of hits) {
    merge(files, path.relative(root, path.resolve(root, file)).split(path.sep).join('/'), lines);
  }
  return files;
}
