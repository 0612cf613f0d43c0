/** What a sentence speaks of. */

import type { Expr, NameNode } from './expr.ts';
import { partsOf } from './expr.ts';
import type { TypeScope } from './scope.ts';
import { isWord } from './scope.ts';

/**
 * The metrics a sentence needs, each once, in order of appearance. A name right after `==` or `!=` is taken for a
 * state word (`import_order == sorted`); with a `scope` the catalogue decides instead, everywhere.
 */
export function metricsOf(expr: Expr, scope?: TypeScope): readonly string[] {
  const found = new Set<string>();
  visit(expr, (node, other) => {
    if (node.kind === 'name' && !isStateWord(node, other, scope)) found.add(node.name);
  });
  return [...found];
}

/** The sections named by `any(...)` and `all(...)`, each once, in order of appearance. */
export function sectionsOf(expr: Expr): readonly string[] {
  const found = new Set<string>();
  visit(expr, (node) => {
    if (node.kind === 'section') found.add(node.section);
  });
  return [...found];
}

/** Whether the word `baseline` occurs. */
export function usesBaseline(expr: Expr): boolean {
  return expr.kind === 'baseline' || partsOf(expr).some(usesBaseline);
}

/**
 * The metric that `baseline` means in a comparison with `left` on its left: the only one named there;
 * undefined when there is none or more than one.
 */
export function subjectOf(left: Expr): string | undefined {
  const names = metricsOf(left);
  return names.length === 1 ? names[0] : undefined;
}

interface OtherSide {
  readonly expr: Expr;
  readonly isLeft: boolean;
  readonly op: string;
}

function visit(expr: Expr, see: (node: Expr, other?: OtherSide) => void): void {
  if (expr.kind === 'comparison') {
    const { left, right, op } = expr;
    visitSide(left, { expr: right, isLeft: false, op }, see);
    visitSide(right, { expr: left, isLeft: true, op }, see);
    return;
  }
  see(expr);
  for (const part of partsOf(expr)) visit(part, see);
}

function visitSide(
  expr: Expr,
  other: OtherSide,
  see: (node: Expr, other?: OtherSide) => void,
): void {
  if (expr.kind === 'name') see(expr, other);
  else visit(expr, see);
}

function isStateWord(node: NameNode, other: OtherSide | undefined, scope?: TypeScope): boolean {
  if (other === undefined) return false;
  if (scope !== undefined) return isWord(node.name, other.expr, scope);
  return other.isLeft && (other.op === '==' || other.op === '!=');
}
