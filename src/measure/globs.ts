/** Globs of the configuration: `src/payments/**`, `*.{ts,tsx}`; a folder's name stands for all in it. Pure. */

import { globMatcher } from '../judge/glob.ts';

/** Whether a path, relative to the root with `/` between its parts, is what one of the globs means. */
export function matcherOf(globs: readonly string[]): (file: string) => boolean {
  const matchers = globs.map((glob) =>
    globMatcher(glob.replace(/^\.\//, '').replace(/\/+$/, ''), { below: true }),
  );
  return (file) => matchers.some((fits) => fits(file));
}
