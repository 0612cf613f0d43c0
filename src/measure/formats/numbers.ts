/** Numbers as reports may hold them. NaN, infinities, -0, negatives and fractions are no counts. */

import { z } from 'zod';

/** A whole number from 0 up to 2^53 - 1. */
export const Count = z
  .int()
  .min(0)
  .refine((value) => !Object.is(value, -0), { error: 'must not be -0' });

/** `covered` of `total`, both counts; undefined when they contradict each other. */
export interface Share {
  readonly covered: number;
  readonly total: number;
}

/** 0..1; undefined when there is nothing to have a share of: 0 of 0 is not 100 %. */
export function ratioOf({ covered, total }: Share): number | undefined {
  return total > 0 && covered >= 0 && covered <= total ? covered / total : undefined;
}

/** Text of a count in an XML attribute or a text format: digits only. */
export function parseCount(text: string): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
