/** The keys a schema knows at a path, for "did you mean": derived, so it cannot drift from the schema. */

import type { core } from 'zod/mini';
import type { Step } from './yaml.ts';

export function knownKeys(schema: core.$ZodType, path: readonly Step[]): readonly string[] {
  const [step, ...rest] = path;
  const { def } = (schema as core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
      return knownKeys(def.innerType, path);
    case 'lazy':
      return knownKeys(def.getter(), path);
    case 'union':
      return def.options.flatMap((option) => knownKeys(option, path));
    case 'object': {
      if (step === undefined)
        return Object.keys(def.shape).filter((key) => isOpen(def.shape[key]!));
      const inner = Object.hasOwn(def.shape, step) ? def.shape[step] : undefined;
      return inner === undefined ? [] : knownKeys(inner, rest);
    }
    case 'record':
      return step === undefined ? [] : knownKeys(def.valueType, rest);
    case 'array':
      return step === undefined ? [] : knownKeys(def.element, rest);
    default:
      return [];
  }
}

/** A key that may not be used yet is no advice. */
function isOpen(schema: core.$ZodType): boolean {
  const { def } = (schema as core.$ZodTypes)._zod;
  return def.type === 'optional' ? isOpen(def.innerType) : def.type !== 'never';
}
