/** The keys a schema knows at a path, for "did you mean": derived, so it cannot drift from the schema. */

import { z } from 'zod';
import type { Step } from './yaml.ts';

export function knownKeys(schema: z.ZodType, path: readonly Step[]): readonly string[] {
  const [step, ...rest] = path;
  const plain = unwrap(schema);
  if (plain instanceof z.ZodUnion) {
    return plain.options.flatMap((option) => knownKeys(option as z.ZodType, path));
  }
  if (step === undefined) return plain instanceof z.ZodObject ? Object.keys(plain.shape) : [];
  if (plain instanceof z.ZodObject) {
    if (!Object.hasOwn(plain.shape, step)) return [];
    return knownKeys(plain.shape[step] as z.ZodType, rest);
  }
  if (plain instanceof z.ZodRecord) return knownKeys(plain.valueType as z.ZodType, rest);
  if (plain instanceof z.ZodArray) return knownKeys(plain.element as z.ZodType, rest);
  return [];
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodLazy) return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}
