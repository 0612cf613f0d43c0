/** A stranger's text inside XML and HTML: no tag, no entity, no character that a reader refuses, no command of a CI system. */

import { harmlessLines } from './wording.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in quotes. */
export function escaped(text: string): string {
  return harmlessLines(text)
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replaceAll('::', ':&#58;')
    .replaceAll('##', '#&#35;');
}

/** ` name="value"` of each that has a value. Line breaks in attributes are kept as characters. */
export function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) =>
      value === undefined
        ? []
        : [
            ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
          ],
    )
    .join('');
}
