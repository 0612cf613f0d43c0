/** JavaScript and TypeScript, by the compiler's own parser; nothing is resolved and nothing executed. */

import ts from 'typescript';
import { isSaid } from './comment.ts';
import type { FoundFunction, FoundStatement, SourceReader } from './source.ts';

export const javascript: SourceReader = { executable, functions, statements };

function parse(text: string): ts.SourceFile {
  // As TSX it reads everything but casts in angle brackets, which then read as TypeScript.
  const asTsx = create(text, ts.ScriptKind.TSX);
  if (problems(asTsx) === 0) return asTsx;
  const asTs = create(text, ts.ScriptKind.TS);
  return problems(asTs) < problems(asTsx) ? asTs : asTsx;
}

function create(text: string, kind: ts.ScriptKind): ts.SourceFile {
  return ts.createSourceFile('a.tsx', text, ts.ScriptTarget.Latest, true, kind);
}

function problems(file: ts.SourceFile): number {
  return (
    (file as unknown as { parseDiagnostics?: readonly unknown[] }).parseDiagnostics?.length ?? 0
  );
}

/** The lines where statements begin, as istanbul counts them: declarations of functions and types are none. */
function executable(text: string): ReadonlySet<number> {
  const file = parse(text);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (isTypeOnly(node)) return;
    const place = executedAt(node);
    if (place !== undefined) lines.add(lineOf(file, place.getStart(file)));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return lines;
}

/** The node whose first line a statement is counted at. */
function executedAt(node: ts.Node): ts.Node | undefined {
  if (ts.isVariableDeclaration(node)) {
    const isOwn =
      ts.isVariableDeclarationList(node.parent) && ts.isVariableStatement(node.parent.parent);
    return isOwn && node.initializer !== undefined ? node.initializer : undefined;
  }
  if (ts.isPropertyDeclaration(node)) return node.initializer;
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return node.body;
  if (ts.isExportAssignment(node)) return node.expression;
  return isCountedStatement(node) ? node : undefined;
}

function isCountedStatement(node: ts.Node): boolean {
  if (!isStatement(node) || isDirective(node)) return false;
  const isEmpty = ts.isBlock(node) || ts.isEmptyStatement(node) || ts.isLabeledStatement(node);
  return !isEmpty && !ts.isVariableStatement(node) && !ts.isDeclarationStatement(node);
}

/** By their place in the compiler's list; `isStatement` itself is not for others. */
function isStatement(node: ts.Node): node is ts.Statement {
  return node.kind >= ts.SyntaxKind.FirstStatement && node.kind <= ts.SyntaxKind.LastStatement;
}

/** `'use strict'` */
function isDirective(node: ts.Node): boolean {
  return (
    ts.isExpressionStatement(node) &&
    ts.isStringLiteral(node.expression) &&
    (ts.isSourceFile(node.parent) || ts.isBlock(node.parent))
  );
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeNode(node))
    return true;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)
  );
}

function functions(text: string): readonly FoundFunction[] {
  const file = parse(text);
  const found: FoundFunction[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      found.push(describe(node, file));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function describe(node: ts.FunctionLikeDeclaration, file: ts.SourceFile): FoundFunction {
  const whole = statementOf(node);
  const inside = file.text.slice(node.getStart(file), node.end);
  const above = commentsAbove(whole, file);
  return {
    name: nameOf(node),
    from: lineOf(file, node.getStart(file)),
    to: lineOf(file, node.end),
    complexity: complexityOf(node),
    isCommented: [...commentsIn(inside), ...above].some(isSaid),
  };
}

/** What a comment above a function stands above: `export const parse = () => …`, `{ parse() … }`. */
function statementOf(node: ts.Node): ts.Node {
  let whole = node;
  for (let above = node.parent; above !== undefined; above = above.parent) {
    const goesOn =
      ts.isVariableDeclaration(above) ||
      ts.isVariableDeclarationList(above) ||
      ts.isVariableStatement(above) ||
      ts.isPropertyAssignment(above) ||
      ts.isPropertyDeclaration(above) ||
      ts.isBinaryExpression(above) ||
      ts.isExpressionStatement(above) ||
      ts.isParenthesizedExpression(above) ||
      ts.isExportAssignment(above) ||
      ts.isReturnStatement(above) ||
      (ts.isCallExpression(above) && above.getStart() !== whole.getStart());
    if (!goesOn) break;
    whole = above;
  }
  return whole;
}

/** Nothing but one line break stands between the comment and the code. */
function commentsAbove(node: ts.Node, file: ts.SourceFile): string[] {
  const ranges = ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? [];
  const texts: string[] = [];
  let next = node.getStart(file);
  for (const { pos, end } of ranges.toReversed()) {
    if ((file.text.slice(end, next).match(/\n/g) ?? []).length > 1) break;
    texts.push(file.text.slice(pos, end));
    next = pos;
  }
  return texts;
}

function commentsIn(text: string): string[] {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.JSX, text);
  const found: string[] = [];
  // A template is scanned piece by piece, and a slash after a value is no regular expression.
  const templates: number[] = [];
  let last = ts.SyntaxKind.Unknown;
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    kind = settled(kind, last, scanner, templates);
    if (isComment(kind)) found.push(scanner.getTokenText());
    else if (!isBlank(kind)) last = kind;
  }
  return found;
}

function settled(
  kind: ts.SyntaxKind,
  last: ts.SyntaxKind,
  scanner: ts.Scanner,
  templates: number[],
): ts.SyntaxKind {
  const { SyntaxKind } = ts;
  if (kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken) {
    return endsValue(last) ? kind : scanner.reScanSlashToken();
  }
  if (kind === SyntaxKind.TemplateHead) templates.push(0);
  else if (kind === SyntaxKind.OpenBraceToken && templates.length > 0)
    templates.push(templates.pop()! + 1);
  else if (kind === SyntaxKind.CloseBraceToken && templates.length > 0) {
    const open = templates.pop()!;
    if (open > 0) templates.push(open - 1);
    else {
      const piece = scanner.reScanTemplateToken(false);
      if (piece === SyntaxKind.TemplateMiddle) templates.push(0);
      return piece;
    }
  }
  return kind;
}

function endsValue(kind: ts.SyntaxKind): boolean {
  const { SyntaxKind } = ts;
  return [
    ...[SyntaxKind.Identifier, SyntaxKind.NumericLiteral, SyntaxKind.StringLiteral],
    ...[SyntaxKind.CloseParenToken, SyntaxKind.CloseBracketToken, SyntaxKind.CloseBraceToken],
    ...[SyntaxKind.NoSubstitutionTemplateLiteral, SyntaxKind.TemplateTail, SyntaxKind.ThisKeyword],
  ].includes(kind);
}

function isComment(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia
  );
}

function isBlank(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.WhitespaceTrivia || kind === ts.SyntaxKind.NewLineTrivia;
}

/** McCabe's number as ESLint counts it in its classic form: branches, loops, cases, `&&`, `||`, `??`. */
function complexityOf(node: ts.FunctionLikeDeclaration): number {
  let ways = 1;
  const visit = (inner: ts.Node): void => {
    if (ts.isFunctionLike(inner)) return;
    if (isBranch(inner)) ways += 1;
    ts.forEachChild(inner, visit);
  };
  ts.forEachChild(node, visit);
  return ways;
}

const BRANCHES: ReadonlySet<ts.SyntaxKind> = new Set([
  ...[ts.SyntaxKind.IfStatement, ts.SyntaxKind.ConditionalExpression, ts.SyntaxKind.CaseClause],
  ...[ts.SyntaxKind.ForStatement, ts.SyntaxKind.ForInStatement, ts.SyntaxKind.ForOfStatement],
  ...[ts.SyntaxKind.WhileStatement, ts.SyntaxKind.DoStatement],
]);
const CHOOSES: ReadonlySet<ts.SyntaxKind> = new Set([
  ...[ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken],
  ...[ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.AmpersandAmpersandEqualsToken],
  ...[ts.SyntaxKind.BarBarEqualsToken, ts.SyntaxKind.QuestionQuestionEqualsToken],
]);

function isBranch(node: ts.Node): boolean {
  return (
    BRANCHES.has(node.kind) || (ts.isBinaryExpression(node) && CHOOSES.has(node.operatorToken.kind))
  );
}

function nameOf(node: ts.FunctionLikeDeclaration): string {
  if (node.name !== undefined) return node.name.getText().slice(0, 80);
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const { parent } = node;
  const isNamed =
    ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent);
  if (isNamed) return parent.name.getText().slice(0, 80);
  const isSet =
    ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isSet ? parent.left.getText().slice(0, 80) : 'a function';
}

function lineOf(file: ts.SourceFile, at: number): number {
  return file.getLineAndCharacterOfPosition(at).line + 1;
}

function statements(text: string): readonly FoundStatement[] {
  const file = parse(text);
  const found: FoundStatement[] = [];
  const visit = (node: ts.Node): void => {
    if (isTypeOnly(node)) return;
    const place = executedAt(node);
    if (place !== undefined) {
      const whole = ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node) ? node : place;
      found.push({ line: lineOf(file, place.getStart(file)), key: keyOf(whole, file) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Its tokens down to where other statements begin. */
function keyOf(node: ts.Node, file: ts.SourceFile): string {
  const tokens: string[] = [];
  const visit = (inner: ts.Node): void => {
    const isOther = ts.isBlock(inner) || ts.isCaseBlock(inner) || isStatement(inner);
    if ((isOther && inner !== node) || isForm(inner)) return;
    if (inner.getChildCount(file) > 0) {
      for (const child of inner.getChildren(file)) visit(child);
    } else if (ts.isStringLiteralLike(inner)) tokens.push(JSON.stringify(inner.text));
    else tokens.push(inner.getText(file).replace(/\s+/g, ' ').trim());
  };
  visit(node);
  return tokens.filter((token) => !/^[;,()]?$/.test(token)).join(' ');
}

/** What a formatter or a type annotation adds. */
function isForm(node: ts.Node): boolean {
  const { SyntaxKind } = ts;
  if (node.kind >= SyntaxKind.FirstJSDocNode && node.kind <= SyntaxKind.LastJSDocNode) return true;
  if (ts.isTypeParameterDeclaration(node)) return true;
  if (ts.isTypeNode(node)) return !ts.isExpressionWithTypeArguments(node);
  const isAnnotating = [SyntaxKind.AsKeyword, SyntaxKind.SatisfiesKeyword].includes(node.kind);
  const isMark = node.kind === SyntaxKind.ColonToken || node.kind === SyntaxKind.ExclamationToken;
  return isAnnotating || (isMark && !ts.isPrefixUnaryExpression(node.parent));
}
