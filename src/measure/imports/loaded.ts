/**
 * What a module loads: imports and re-exports that are more than types, and requires that run when the module is
 * loaded. Lazy ones (`import()`, a require in a function) make no cycle at load, and are left out.
 */

import type * as Typescript from 'typescript';

type TS = typeof Typescript.default;

/** @param keepsTypes its compiler leaves in what is imported and used as a type alone */
export function loadedBy(
  ts: TS,
  file: string,
  text: string,
  keepsTypes: boolean,
): readonly string[] {
  if (!/\b(import|export|require)\b/.test(text)) return [];
  const { name, script, markup } = scriptIn(file, text);
  const source = ts.createSourceFile(name, script, ts.ScriptTarget.Latest, false);
  const isElided =
    keepsTypes || !/\.[cm]?tsx?$/.test(name) ? () => false : unusedIn(ts, source, markup);
  const found: string[] = [];
  const add = (node: Typescript.Node | undefined): void => {
    if (node !== undefined && ts.isStringLiteralLike(node)) found.push(node.text);
  };
  const visit = (node: Typescript.Node): void => {
    if (ts.isImportDeclaration(node)) {
      if (!onlyTypes(ts, node.importClause) && !isElided(node)) add(node.moduleSpecifier);
    } else if (ts.isExportDeclaration(node)) {
      if (!node.isTypeOnly && !allTypes(ts, node.exportClause)) add(node.moduleSpecifier);
    } else if (ts.isImportEqualsDeclaration(node)) {
      const reference = node.moduleReference;
      if (!node.isTypeOnly && ts.isExternalModuleReference(reference)) add(reference.expression);
    } else if (isRequire(ts, node)) {
      add(node.arguments[0]);
    } else if (!ts.isFunctionLike(node)) {
      ts.forEachChild(node, visit);
    }
  };
  ts.forEachChild(source, visit);
  return found;
}

function onlyTypes(ts: TS, clause: Typescript.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  return clause.name === undefined && allTypes(ts, clause.namedBindings);
}

/** `{ type A, type B }`; an empty list still loads the module. */
function allTypes(
  ts: TS,
  names: Typescript.NamedImportBindings | Typescript.NamedExportBindings | undefined,
): boolean {
  if (names === undefined || ts.isNamespaceImport(names) || ts.isNamespaceExport(names))
    return false;
  const elements: readonly { readonly isTypeOnly: boolean }[] = [...names.elements];
  return elements.length > 0 && elements.every(({ isTypeOnly }) => isTypeOnly);
}

function isRequire(ts: TS, node: Typescript.Node): node is Typescript.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'require'
  );
}

/** Of a component the script, and the rest, in which its names are used as well. */
function scriptIn(file: string, text: string): { name: string; script: string; markup: string } {
  if (!isComponent(file)) return { name: file, script: text, markup: '' };
  const blocks = [...text.matchAll(SCRIPT)];
  const language = blocks.flatMap(([, attributes = '']) => LANGUAGE.exec(attributes)?.[1] ?? [])[0];
  const script = blocks.map(([, , body = '']) => body).join('\n');
  return { name: `${file}.${language ?? 'js'}`, script, markup: text.replace(SCRIPT, '') };
}

const LANGUAGE = /\blang=["']?(tsx?|jsx)\b/;
const SCRIPT = /<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi;

export function isComponent(file: string): boolean {
  return /\.(vue|svelte)$/.test(file);
}

/**
 * TypeScript leaves out an import none of whose names is used as a value.
 * https://www.typescriptlang.org/docs/handbook/modules/reference.html#import-elision
 */
function unusedIn(
  ts: TS,
  source: Typescript.SourceFile,
  markup: string,
): (node: Typescript.ImportDeclaration) => boolean {
  const used = new Set(wordsOf(markup));
  const visit = (node: Typescript.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) return;
    if (ts.isIdentifier(node)) used.add(node.text);
    // `extends Base<Row>` is a type by its kind and a value by what it says.
    if (ts.isExpressionWithTypeArguments(node)) visit(node.expression);
    else if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(source);
  return ({ importClause }) => {
    if (importClause === undefined) return false;
    const names = namesIn(ts, importClause);
    return names.length > 0 && !names.some((name) => used.has(name));
  };
}

function namesIn(ts: TS, { name, namedBindings }: Typescript.ImportClause): readonly string[] {
  const named =
    namedBindings === undefined
      ? []
      : ts.isNamespaceImport(namedBindings)
        ? [namedBindings.name]
        : namedBindings.elements.map((element) => element.name);
  return [...(name === undefined ? [] : [name]), ...named].map(({ text }) => text);
}

/** `<tea-cup>` stands for TeaCup, `$store` for store. */
function wordsOf(markup: string): string[] {
  return [...markup.matchAll(/[\w$-]+/g)].flatMap(([word]) => [
    word,
    word.replace(/^\$/, ''),
    ...word.split('-'),
    word.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
  ]);
}
