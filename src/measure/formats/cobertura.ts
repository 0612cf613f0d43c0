/** Cobertura XML: lines of each class; a file's lines may stand under several classes. */

import type { LineHits } from './lcov.ts';
import { parseCount } from './numbers.ts';
import { parsed, type Parsed } from './parsed.ts';
import { readXml, XmlProblem } from './xml.ts';

/** Folders that the names of files are relative to. */
export function coberturaSources(text: string): readonly string[] {
  const sources: string[] = [];
  let open = false;
  const read = readXml(text, {
    open: ({ name }) => void (open = name === 'source'),
    text(piece) {
      if (open && piece.trim() !== '') sources.push(piece.trim());
    },
    close: () => void (open = false),
  });
  return read.ok ? sources : [];
}

/** Lines are also listed under methods; those are the same lines again. */
export function parseCobertura(text: string): Parsed<LineHits> {
  const files = new Map<string, Map<number, boolean>>();
  let lines: Map<number, boolean> | undefined;
  let seenRoot = false;
  const read = readXml(text, {
    open({ name, attributes }) {
      if (!seenRoot && name !== 'coverage') {
        throw new XmlProblem(`is no Cobertura report: its root is <${name}>`);
      }
      seenRoot = true;
      if (name === 'class') {
        const file = attributes['filename'];
        if (file === undefined) throw new XmlProblem('has a class without a file');
        lines = files.get(file) ?? new Map<number, boolean>();
        files.set(file, lines);
      }
      if (name === 'line' && lines !== undefined) {
        const line = parseCount(attributes['number'] ?? '');
        const hits = parseCount(attributes['hits'] ?? '');
        if (line === undefined || hits === undefined) {
          throw new XmlProblem(`has a line without number and hits`);
        }
        lines.set(line, (lines.get(line) ?? false) || hits > 0);
      }
    },
    close(name) {
      if (name === 'class') lines = undefined;
    },
  });
  return read.ok ? parsed(files) : read;
}
