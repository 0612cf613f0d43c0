/** Zod issues as located diagnostics, with the nearest right name for a wrong one. */

import type { core } from 'zod/mini';
import { nearest } from '../language/index.ts';
import type { Diagnostic } from '../failure.ts';
import type { Document, Spot, Step } from './yaml.ts';

type KnownKeys = (path: readonly Step[]) => readonly string[];

export function diagnoseIssues(
  document: Document,
  issues: readonly core.$ZodIssue[],
  knownKeys: KnownKeys,
): Diagnostic[] {
  return issues
    .filter((issue) => !isEcho(issue, issues))
    .flatMap((issue) => diagnoseIssue(document, issue, knownKeys));
}

function diagnoseIssue(
  document: Document,
  issue: core.$ZodIssue,
  knownKeys: KnownKeys,
): Diagnostic[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const message = `unknown key \`${key}\``;
      return at(document.keySpot([...path, key]), message, helpForKey(key, knownKeys(path)));
    });
  }
  if (issue.code === 'invalid_key') {
    return [at(document.keySpot(path), issue.issues[0]?.message ?? 'this key is no name')];
  }
  if (path.length > 0 && !hasValue(document, path)) {
    return [at(document.spot(path.slice(0, -1)), `\`${String(path.at(-1))}\` is missing`)];
  }
  if (issue.code === 'invalid_type' && issue.expected === 'never') {
    return [at(document.keySpot(path), issue.message, ['take it out'])];
  }
  if (issue.code === 'invalid_union') {
    const best = bestBranch(issue);
    if (best === undefined) return [at(document.spot(path), issue.message)];
    return best.flatMap((inner) =>
      diagnoseIssue(document, { ...inner, path: [...issue.path, ...inner.path] }, knownKeys),
    );
  }
  return [at(document.spot(path), messageOf(issue))];
}

/** Of a value of the wrong type, its length is no news. */
function isEcho(issue: core.$ZodIssue, issues: readonly core.$ZodIssue[]): boolean {
  if (issue.code !== 'too_big' && issue.code !== 'too_small') return false;
  const path = issue.path.join('\0');
  return issues.some(
    ({ code, path: other }) => code === 'invalid_type' && other.join('\0') === path,
  );
}

function messageOf(issue: core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return ownWords(issue.message, issue.expected);
  if (issue.code === 'too_big' && !isOurs(issue.message)) {
    return `expected at most ${issue.maximum} ${countedIn(issue.origin)}`;
  }
  if (issue.code === 'too_small' && !isOurs(issue.message)) {
    return `expected at least ${issue.minimum} ${countedIn(issue.origin)}`;
  }
  return issue.message;
}

/** The schemas say what they want; where they do not, zod does, in one of its languages or none. */
const isOurs = (message: string) => !/^(?:Invalid|Too (?:big|small))/.test(message);

const countedIn = (origin: string) => (origin === 'string' ? 'characters' : 'entries');

function helpForKey(key: string, known: readonly string[]): readonly string[] {
  const near = nearest(key, known);
  if (near !== undefined) return [`write ${near}`];
  return known.length > 0 ? [`known here: ${known.join(', ')}`] : [];
}

/** The branch of a union that got furthest into the value: that is the one the writer meant. */
function bestBranch(issue: core.$ZodIssueInvalidUnion): readonly core.$ZodIssue[] | undefined {
  return issue.errors
    .filter((branch) => branch.every(isOfRightKind))
    .toSorted((a, b) => a.length - b.length)[0];
}

/** The value was what the branch wants; only something in or about it is wrong. */
function isOfRightKind({ path, code }: core.$ZodIssue): boolean {
  return path.length > 0 || ['unrecognized_keys', 'too_big', 'too_small'].includes(code);
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
  if (isOurs(message)) return message;
  const wanted = { record: 'a mapping', object: 'a mapping', array: 'a list', string: 'text' };
  return `expected ${Object.hasOwn(wanted, expected) ? wanted[expected as keyof typeof wanted] : expected}`;
}

export function at(spot: Spot, message: string, help: readonly string[] = []): Diagnostic {
  const { file, line, column, source, length } = spot;
  return { place: { file, line, column }, message, source, length, help };
}
