/** lcov tracefiles: `SF:file`, `DA:line,hits`, `LF:`, `LH:`, `end_of_record`. See geninfo(1). */

import path from 'node:path';
import { parseCount, type Share } from './numbers.ts';
import { parsed, unreadable, type Parsed } from './parsed.ts';

/** Line number to "was it run", for each file. */
export type LineHits = ReadonlyMap<string, ReadonlyMap<number, boolean>>;

/** A file's records are merged; a record that is cut or contradicts itself makes the text unreadable. */
export function parseLcov(text: string): Parsed<LineHits> {
  const files = new Map<string, Map<number, boolean>>();
  let file: string | undefined;
  let lines = new Map<number, boolean>();
  let stated: { found?: number; hit?: number } = {};
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    const [, key, value = ''] = /^([A-Z]+):(.*?)\r?$/.exec(line) ?? [];
    if (key === 'SF') {
      if (file !== undefined) return unreadable(`line ${number}: a record begins inside another`);
      if (value === '') return unreadable(`line ${number}: a record without a file`);
      file = value;
      lines = new Map();
      stated = {};
    } else if (key === 'DA') {
      const hit = lineHit(value);
      if (hit === undefined || file === undefined) {
        return unreadable(`line ${number}: not a line count: ${line.slice(0, 60)}`);
      }
      lines.set(hit.line, (lines.get(hit.line) ?? false) || hit.covered);
    } else if (key === 'LF' || key === 'LH') {
      const count = parseCount(value);
      if (count === undefined)
        return unreadable(`line ${number}: not a count: ${line.slice(0, 60)}`);
      stated = { ...stated, [key === 'LF' ? 'found' : 'hit']: count };
    } else if (/^end_of_record\r?$/.test(line)) {
      if (file === undefined) return unreadable(`line ${number}: a record ends that never began`);
      const problem = contradiction(lines, stated);
      if (problem !== undefined) return unreadable(`line ${number}: ${problem}`);
      merge(files, file, lines);
      file = undefined;
    }
  }
  if (file !== undefined) return unreadable('is cut in the middle of a record');
  return parsed(files);
}

function lineHit(value: string): { line: number; covered: boolean } | undefined {
  const match = /^(\d+),(\d+)(?:,[^,]*)?$/.exec(value);
  const line = parseCount(match?.[1] ?? '');
  if (match === null || line === undefined || line === 0) return undefined;
  return { line, covered: /[1-9]/.test(match[2] ?? '') };
}

/** LF and LH are only trusted to agree with the lines themselves. */
function contradiction(
  lines: ReadonlyMap<number, boolean>,
  { found, hit }: { found?: number; hit?: number },
): string | undefined {
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
