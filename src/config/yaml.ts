/**
 * The one door for files people write (YAML, and JSON, which is YAML): bounded, positioned, and text only.
 * Scalars stay the text that was written (`3.10`, `no`, `0123`); the schemas behind the door give them types.
 */

import { isUtf8 } from 'node:buffer';
import { parseDocument } from 'yaml';
import type { Diagnostic } from '../failure.ts';
import type { Sight } from './look.ts';
import { documentOf, type Document, type Layout } from './yaml-document.ts';
import { layoutOf } from './yaml-layout.ts';
import { tooMuch } from './yaml-bounds.ts';
import { refusals } from './yaml-refusals.ts';
import { explainYamlError } from './yaml-traps.ts';
import { diagnoserOf, placerOf } from './yaml-place.ts';

export type { Document, Plain, Spot, Step } from './yaml-document.ts';

const MOST_BYTES = 256 * 1024;
/** A broken file may yield one error a character; the first ones say it all. */
const MOST_ERRORS = 20;

export type Opened =
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** A file that was read before, when nemesis was built. */
export interface Kept {
  readonly text: string;
  readonly layout: Layout;
}

/**
 * What lies at a path, which need not be a file, let alone a good one.
 * @param kept how this file was read before; of use while it still holds the same
 */
export function openSeen(file: string, sight: Sight, kept?: Kept): Opened {
  switch (sight.kind) {
    case 'file': {
      if (kept === undefined || textOf(sight.bytes) !== kept.text) {
        return openYaml(file, sight.bytes);
      }
      const at = placerOf(file, kept.text);
      return { ok: true, document: documentOf(file, kept.layout, at) };
    }
    case 'unreadable':
      return refuse(file, `no file to read: ${sight.why}`);
    case 'folder':
      return refuse(file, 'no file to read: it is a folder');
    case 'absent':
      return refuse(file, 'no file to read: it is gone');
  }
}

/** @param file the name shown to people @param bytes the file's content */
export function openYaml(file: string, bytes: Uint8Array): Opened {
  if (bytes.length > MOST_BYTES) {
    const message = `the file is ${bytes.length} bytes, the limit is ${MOST_BYTES} (256 KiB)`;
    return refuse(file, message);
  }
  if (hasNul(bytes) && (bytes[0] === 0xff || bytes[0] === 0xfe || bytes[0] === 0)) {
    return refuse(file, 'the file is UTF-16 or UTF-32 text', 'save it as UTF-8');
  }
  const text = decode(bytes);
  if (text === undefined) return notUtf8(file, bytes);
  const bound = tooMuch(text);
  if (bound !== undefined) {
    const diagnose = diagnoserOf(placerOf(file, text));
    const { message, offset } = bound;
    return { ok: false, diagnostics: [diagnose(message, offset, offset + 1)] };
  }
  const read = layoutIn(file, text);
  if (!read.ok) return read;
  return { ok: true, document: documentOf(file, read.layout, placerOf(file, text)) };
}

function refuse(file: string, message: string, help?: string, line = 1, column = 1): Opened {
  const place = { file, line, column };
  return { ok: false, diagnostics: [{ place, message, ...(help ? { help: [help] } : {}) }] };
}

const hasNul = (bytes: Uint8Array) => bytes.subarray(0, 4).includes(0);

/** A byte order mark is dropped. */
function decode(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? textOf(bytes).replace(/^\ufeff/, '') : undefined;
}

const textOf = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

function notUtf8(file: string, bytes: Uint8Array): Opened {
  // All bytes before the first wrong one decode to the same text, whatever follows.
  const before =
    textOf(bytes)
      .replace(/^\ufeff/, '')
      .split('\ufffd')[0] ?? '';
  const lines = before.split('\n');
  const column = (lines.at(-1) ?? '').length + 1;
  return refuse(file, 'the file is not UTF-8 text', 'save it as UTF-8', lines.length, column);
}

type Read =
  | { readonly ok: true; readonly layout: Layout }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Reads a text that is not too much. */
export function layoutIn(file: string, text: string): Read {
  const diagnose = diagnoserOf(placerOf(file, text));
  let document;
  try {
    document = parseDocument(text, {
      schema: 'failsafe',
      uniqueKeys: false, // quadratic in yaml; `refusals` finds them
      prettyErrors: false,
      logLevel: 'error', // `silent` would also keep quiet about a second document
    });
  } catch (error) {
    // Nesting that `tooMuch` did not foresee fills the parser's stack.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, diagnostics: [diagnose('nested deeper than 32 levels', 0, 1)] };
  }
  const diagnostics = document.errors.slice(0, MOST_ERRORS).map((error) => {
    const said = explainYamlError(error, text);
    return diagnose(said.message, said.start ?? error.pos[0], said.end ?? error.pos[1], said.help);
  });
  if (diagnostics.length === 0) diagnostics.push(...refusals(document, text, diagnose));
  else return { ok: false, diagnostics: firstOfEachLine(diagnostics) };
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  return { ok: true, layout: layoutOf(document.contents) };
}

/** A parser that has lost its way complains again and again; the first complaint of a line is the cause. */
function firstOfEachLine(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const lines = new Set<number>();
  return diagnostics.filter(({ place }) => {
    const isFirst = !lines.has(place.line);
    lines.add(place.line);
    return isFirst;
  });
}
