/**
 * Whether a bundle was freed of code that nobody uses, seen in what it holds and not in how it was configured: the
 * source maps say which source lines were emitted, the sources say which of their exported functions nothing
 * imports. Such a function in the bundle was kept for nobody.
 */

import type * as Typescript from 'typescript';
import { mappedLines, type SourceMap } from './source-map.ts';

type TS = typeof Typescript.default;

export interface Unused {
  /** As the source map names it. */
  readonly source: string;
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** Some of its body is in the bundle. */
  readonly kept: boolean;
}

interface Module {
  readonly source: string;
  readonly exported: readonly Exported[];
  readonly uses: Uses;
}

/** What a module takes from others. */
interface Uses {
  /** Names it imports, or passes on. */
  readonly names: Set<string>;
  /** Modules it names, by `nameOf`. */
  readonly modules: Set<string>;
  /** Modules of which it may use anything; `*` is all of them. */
  readonly whole: Set<string>;
}

interface Exported {
  readonly name: string;
  readonly line: number;
  readonly body: readonly [first: number, last: number];
}

/** Exported functions of these bundles' own sources that no module of them uses, each once. */
export async function unusedIn(maps: readonly SourceMap[]): Promise<readonly Unused[]> {
  const { default: ts } = await import('typescript');
  const modules = new Map<string, Module>();
  const emitted = new Map<string, Set<number>>();
  for (const map of maps) {
    const lines = mappedLines(map);
    for (const [index, source] of map.sources.entries()) {
      const text = map.sourcesContent?.[index];
      if (source === null || typeof text !== 'string' || !isOwn(source)) continue;
      if (!modules.has(source)) modules.set(source, moduleOf(ts, source, text));
      emitted.set(source, new Set([...(emitted.get(source) ?? []), ...lines[index]!]));
    }
  }
  const all = [...modules.values()];
  const every = (of: keyof Uses) => new Set(all.flatMap(({ uses }) => [...uses[of]]));
  const [names, imported, whole] = [every('names'), every('modules'), every('whole')];
  if (whole.has('*')) return [];
  return all
    .filter(({ source }) => imported.has(nameOf(source)) && !whole.has(nameOf(source)))
    .flatMap(({ source, exported }) =>
      exported
        .filter(({ name }) => !names.has(name))
        .map(({ name, line, body: [first, last] }) => ({
          source,
          name,
          line,
          kept: [...emitted.get(source)!].some((at) => at >= first && at <= last),
        })),
    );
}

function isOwn(source: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(source) && !/(^|\/)node_modules\/|^(webpack\/|\0)/.test(source);
}

/** `webpack://app/./src/money.ts` and `./money` meet at `money`: enough to tell an entry from an imported module. */
function nameOf(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1).replace(/\.[cm]?[jt]sx?$/, '');
  return base === 'index' ? (file.split('/').at(-2) ?? base) : base;
}

function moduleOf(ts: TS, source: string, text: string): Module {
  const tree = ts.createSourceFile(source, text, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number): number =>
    tree.getLineAndCharacterOfPosition(position).line + 1;
  const uses: Uses = { names: new Set(), modules: new Set(), whole: new Set() };
  const mentions = new Map<string, number>();
  const visit = (node: Typescript.Node): void => {
    if (ts.isIdentifier(node)) mentions.set(node.text, (mentions.get(node.text) ?? 0) + 1);
    if (ts.isCallExpression(node)) addLazy(ts, node, uses);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  for (const statement of tree.statements) addTaken(ts, statement, uses);
  const exported = tree.statements
    .flatMap((statement) => functionsOf(ts, statement, lineAt))
    // Named once more, it is used in its own module.
    .filter(({ name }) => mentions.get(name) === 1);
  return { source, exported, uses };
}

/** `import(…)` and `require(…)` may use anything of what they load. */
function addLazy(
  ts: TS,
  { expression, arguments: [first] }: Typescript.CallExpression,
  uses: Uses,
) {
  const loads =
    expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(expression) && expression.text === 'require');
  if (!loads) return;
  const name = first !== undefined && ts.isStringLiteralLike(first) ? nameOf(first.text) : '*';
  uses.whole.add(name);
  uses.modules.add(name);
}

function addTaken(ts: TS, statement: Typescript.Statement, uses: Uses): void {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return;
  const { moduleSpecifier } = statement;
  const module =
    moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
      ? nameOf(moduleSpecifier.text)
      : undefined;
  if (module !== undefined) uses.modules.add(module);
  const names = namesOf(ts, statement);
  if (names === 'all') uses.whole.add(module ?? '*');
  else for (const name of names) uses.names.add(name);
}

function namesOf(
  ts: TS,
  statement: Typescript.ImportDeclaration | Typescript.ExportDeclaration,
): readonly string[] | 'all' {
  const clause = ts.isImportDeclaration(statement)
    ? (statement.importClause?.namedBindings ?? 'none')
    : (statement.exportClause ?? 'all');
  if (clause === 'none') return [];
  // `export * from` passes on everything, to nobody knows whom.
  if (clause === 'all' || ts.isNamespaceImport(clause) || ts.isNamespaceExport(clause))
    return 'all';
  const elements: readonly (Typescript.ImportSpecifier | Typescript.ExportSpecifier)[] = [
    ...clause.elements,
  ];
  return elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}

/** `export function f` and `export const f = () =>`: what has no effect of its own and can always be dropped. */
function functionsOf(
  ts: TS,
  statement: Typescript.Statement,
  lineAt: (position: number) => number,
): readonly Exported[] {
  const exports = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!exports.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (exports.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) return [];
  const entry = (name: Typescript.Identifier, body: Typescript.Node): Exported => ({
    name: name.text,
    line: lineAt(name.getStart()),
    body: [lineAt(body.getStart()), lineAt(body.getEnd())],
  });
  if (ts.isFunctionDeclaration(statement)) {
    const { name, body } = statement;
    return name === undefined || body === undefined ? [] : [entry(name, body)];
  }
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
    if (!ts.isIdentifier(name) || initializer === undefined) return [];
    const isFunction = ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer);
    return isFunction ? [entry(name, initializer.body)] : [];
  });
}
