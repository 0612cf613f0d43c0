/** What files that could not be read do to the numbers of all files. */

import { counted } from './counted.ts';

/** Why a number is not that of the whole code; undefined when it is. */
export function unreadable([first, ...more]: readonly string[]):
  { readonly missing: string } | undefined {
  if (first === undefined) return undefined;
  const others = more.length === 0 ? '' : ` and ${counted(more.length, 'other file')}`;
  return { missing: `${first}${others} could not be read` };
}
