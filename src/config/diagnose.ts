/** Zod issues as located diagnostics, with the nearest right name for a wrong one. */

import type { z } from 'zod';
import { nearest } from '../language/index.ts';
import type { Diagnostic } from '../failure.ts';
import type { Document, Spot, Step } from './yaml.ts';

export function diagnoseIssues(
  document: Document,
  issues: readonly z.core.$ZodIssue[],
  knownKeys: (path: readonly Step[]) => readonly string[],
): Diagnostic[] {
  return issues.flatMap((issue) => diagnoseIssue(document, issue, knownKeys));
}

function diagnoseIssue(
  document: Document,
  issue: z.core.$ZodIssue,
  knownKeys: (path: readonly Step[]) => readonly string[],
): Diagnostic[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = knownKeys(path);
        const near = nearest(key, known);
        const help =
          near !== undefined
            ? [`write ${near}`]
            : known.length > 0
              ? [`known here: ${known.join(', ')}`]
              : [];
        return at(document.keySpot([...path, key]), `unknown key \`${key}\``, help);
      });
    case 'invalid_key':
      return [at(document.keySpot(path), issue.issues[0]?.message ?? 'this key is no name')];
    case 'invalid_union': {
      const best = bestBranch(issue);
      if (best !== undefined) {
        return best.flatMap((inner) =>
          diagnoseIssue(document, { ...inner, path: [...issue.path, ...inner.path] }, knownKeys),
        );
      }
      return [at(document.spot(path), issue.message)];
    }
    case 'invalid_type':
      if (issue.input === undefined && !hasValue(document, path)) {
        const missing = path.at(-1);
        return [at(document.spot(path.slice(0, -1)), `\`${String(missing)}\` is missing`)];
      }
      return [at(document.spot(path), ownWords(issue.message, issue.expected))];
    default:
      return [at(document.spot(path), issue.message)];
  }
}

/** The branch of a union that got furthest into the value: that is the one the writer meant. */
function bestBranch(issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  const deep = issue.errors.filter((branch) => branch.every((inner) => inner.path.length > 0));
  return deep.sort((a, b) => a.length - b.length)[0];
}

function hasValue(document: Document, path: readonly Step[]): boolean {
  let value: unknown = document.value;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<string, unknown>)[step];
  }
  return true;
}

function ownWords(message: string, expected: string): string {
  if (!message.startsWith('Invalid')) return message;
  const wanted = { record: 'a mapping', object: 'a mapping', array: 'a list', string: 'text' };
  return `expected ${wanted[expected as keyof typeof wanted] ?? expected}`;
}

export function at(spot: Spot, message: string, help: readonly string[] = []): Diagnostic {
  const { file, line, column, source, length } = spot;
  return { place: { file, line, column }, message, source, length, help };
}
