/** Where a finding stands, in one word. */

import type { Finding } from '../judge/finding.ts';

/** `src/cart.ts:12:5`, as far as it is known. */
export function placeOf({ file, line, column }: Finding): string {
  if (file === undefined) return '';
  if (line === undefined) return file;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}
