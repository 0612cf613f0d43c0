/** The shape of `coverage:` in the configuration: which files the coverage gates are about. */

import * as z from 'zod/mini';
import { innerPath, optional, wholeNumber } from './atoms.ts';

const globs = z.array(innerPath, { error: 'expected a list of globs such as src/payments/**' });
const some = globs.check(z.minLength(1), z.maxLength(100));

export const CoveragePart = z.strictObject({
  critical_paths: optional(some, 'Globs of the files that must be covered most: src/payments/**'),
  include: optional(some, 'Globs of the files whose new lines count; all source files by default'),
  exclude: optional(some, 'Globs of files whose new lines never count'),
  new_code_from: optional(
    wholeNumber,
    'Changes with fewer executable lines than this are exempt from coverage_new_code; 20 by default',
  ),
});
