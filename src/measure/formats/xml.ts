/** XML reports, read as a stream of tags. A document type may be named, as istanbul does, and declares nothing: no entities, nothing fetched. */

import { SaxesParser } from 'saxes';
import { parsed, unreadable, type Parsed } from './parsed.ts';

const DEEPEST = 64;
const LONGEST = 64 * 1024 * 1024;

export interface XmlTag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface XmlReader {
  open(tag: XmlTag): void;
  /** Text and CDATA inside the innermost open tag, in pieces. */
  text?(piece: string): void;
  close?(name: string): void;
}

/** Thrown by a reader to say that the report is well-formed XML and still wrong. */
export class XmlProblem extends Error {}

export function readXml(text: string, reader: XmlReader): Parsed<undefined> {
  if (text.trim() === '') return unreadable('is empty');
  if (text.length > LONGEST) return unreadable(`is longer than ${LONGEST} characters`);
  const parser = new SaxesParser();
  let depth = 0;
  parser.on('error', (error) => {
    throw new XmlProblem(`is not well-formed XML (${error.message})`);
  });
  parser.on('doctype', (doctype) => {
    const isInternal = doctype.replace(/"[^"]*"|'[^']*'/g, '').includes('[');
    if (isInternal)
      throw new XmlProblem('declares a document type of its own, which no report needs');
  });
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth > DEEPEST) throw new XmlProblem(`is nested deeper than ${DEEPEST} tags`);
    reader.open({ name: tag.name, attributes: tag.attributes });
  });
  parser.on('text', (piece) => reader.text?.(piece));
  parser.on('cdata', (piece) => reader.text?.(piece));
  parser.on('closetag', (tag) => {
    depth -= 1;
    reader.close?.(tag.name);
  });
  try {
    parser.write(text.replace(/^\uFEFF/, '')).close();
    return parsed(undefined);
  } catch (error) {
    if (error instanceof XmlProblem) return unreadable(error.message);
    throw error;
  }
}
