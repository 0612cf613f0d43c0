/** What YAML allows and our files do not: aliases, tags, odd keys, duplicates, too much of anything. */

import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml';
import type { Diagnostic } from '../failure.ts';
import type { Diagnose } from './yaml-place.ts';
import { comparisonAt } from './yaml-traps.ts';

const MOST_KEYS = 5000;
const DEEPEST = 32;

/** Keys that mean something to JavaScript itself. */
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

export function refusals(document: Document, text: string, diagnose: Diagnose): Diagnostic[] {
  const found: Diagnostic[] = [];
  let keys = 0;
  let isOver = false;
  const walk = (node: Node | null, depth: number): void => {
    if (node === null || isOver) return;
    const [start = 0, end = start + 1] = node.range ?? [];
    if (depth > DEEPEST) {
      found.push(diagnose(`nested deeper than ${DEEPEST} levels`, start, start + 1));
      isOver = true;
      return;
    }
    found.push(...refusedNode(node, text, diagnose));
    if (isSeq(node)) for (const item of node.items) walk(item as Node | null, depth + 1);
    if (!isMap(node)) return;
    keys += node.items.length;
    if (keys > MOST_KEYS) {
      found.push(diagnose(`more than ${MOST_KEYS} keys`, start, end));
      isOver = true;
      return;
    }
    found.push(...refusedKeys(node, diagnose));
    for (const { key, value } of node.items) {
      walk(key as Node | null, depth + 1);
      walk(value as Node | null, depth + 1);
    }
  };
  const directive = /^(?:[ \t]*(?:#.*)?\r?\n)*(%.*)/.exec(text)?.[1];
  if (directive !== undefined) {
    const start = text.indexOf(directive);
    found.push(diagnose('directives (`%`) are not allowed here', start, start + directive.length));
  }
  walk(document.contents, 1);
  return found;
}

function refusedNode(node: Node, text: string, diagnose: Diagnose): Diagnostic[] {
  const [start = 0, end = start + 1] = node.range ?? [];
  const help = ['write the value out'];
  if (isAlias(node)) {
    return [diagnose('aliases (`*name`) are not allowed here', start, end, help)];
  }
  const found: Diagnostic[] = [];
  const mark = (sign: string) => markBefore(text, sign, start);
  if ('anchor' in node && node.anchor !== undefined) {
    found.push(diagnose('anchors (`&name`) are not allowed here', ...mark('&'), help));
  }
  if (node.tag !== undefined) {
    found.push(diagnose('tags (`!name`) are not allowed here', ...mark('!'), ['remove it']));
  }
  const isEmptyBlock =
    isScalar<string>(node) && node.type === 'BLOCK_FOLDED' && node.value.trim() === '';
  const trap = isEmptyBlock ? comparisonAt(text, start) : undefined;
  if (trap !== undefined) {
    found.push(diagnose(trap.message, trap.start ?? start, trap.end ?? end, trap.help));
  }
  return found;
}

/** Anchors and tags stand before the value they belong to. */
function markBefore(text: string, sign: string, valueStart: number): [number, number] {
  let start = Math.max(0, text.lastIndexOf(sign, valueStart));
  while (text[start - 1] === sign) start -= 1;
  const [mark = sign] = /^\S+/.exec(text.slice(start)) ?? [];
  return [start, start + mark.length];
}

function refusedKeys(map: YAMLMap, diagnose: Diagnose): Diagnostic[] {
  const seen = new Set<string>();
  return map.items.flatMap(({ key }): Diagnostic[] => {
    const [start = 0, end = start + 1] = (key as Node | null)?.range ?? map.range ?? [];
    if (!isScalar<string>(key)) return [diagnose('a key must be plain text', start, end)];
    const name = key.value;
    if (name === '<<') {
      const message = 'merge keys (`<<`) are not allowed here';
      return [diagnose(message, start, end, ['write the values out'])];
    }
    if (REFUSED_KEYS.has(name)) {
      return [diagnose(`the key \`${name}\` is not allowed`, start, end)];
    }
    if (seen.has(name)) {
      const message = `the key \`${name}\` stands here twice`;
      return [diagnose(message, start, end, ['keep one of them'])];
    }
    seen.add(name);
    return [];
  });
}
