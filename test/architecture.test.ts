/** The walls of the house, read from the imports: who may see whom, and who alone may touch what. */

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import ts from 'typescript';

const SRC = path.join(path.dirname(import.meta.dirname), 'src');

/** In the order data flows; each sees itself and what stands before it. */
const ROOMS = [
  ...['language', 'judge', 'config', 'history', 'measure', 'rollout', 'pipeline'],
  ...['report', 'monitor', 'dashboard', 'cli', 'main.ts'],
];
/** Seen by all. What `event.ts` itself names, it names as types only. */
const COMMON = ['event.ts', 'failure.ts'];
const PURE = [
  'rollout/analysis',
  ...['language', 'judge', 'history/folds', 'rollout/strategies', 'rollout/simulation'],
  ...['plan', 'shape', 'traffic', 'triggers', 'unfinished', 'way-back'].map(
    (name) => `rollout/${name}.ts`,
  ),
];

/** Folders of adapters, and the only files outside them that know any. */
const ADAPTERS = ['measure/tools/', 'measure/suites/'];
const KNOW_ADAPTERS = ['main.ts', 'measure/runners.ts'];
/** What the file of a runner shares with the rest of the measuring room is no adapter itself. */
const SHARED = ['measure/suites/said.ts', 'measure/suites/words.ts'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.split(path.sep).join('/'));
const trees = new Map(
  files.map((file) => {
    const text = readFileSync(path.join(SRC, file), 'utf8');
    return [file, ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)] as const;
  }),
);
const imports = files.flatMap((file) => importsOf(file));

function importsOf(from: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const { text } = specifier;
    const inside = text.startsWith('.') ? path.posix.join(path.posix.dirname(from), text) : text;
    found.push({ from, to: inside, typeOnly });
  };
  walk(trees.get(from)!, (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
  });
  return found;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

const isOwn = ({ to }: Import): boolean => files.includes(to);
const roomOf = (file: string): string => file.split('/')[0]!;
const shown = ({ from, to }: Import): string => `${from} imports ${to}`;

/** Names that code uses as values: `Date`, `process.exit`, `Math.random`. */
function namesUsed(file: string): string[] {
  const found: string[] = [];
  walk(trees.get(file)!, (node) => {
    if (ts.isPropertyAccessExpression(node)) {
      found.push(node.getText().replace(/\s+/g, ''));
    }
    const isName = ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node.parent);
    if (isName || (ts.isIdentifier(node) && isHead(node))) found.push(node.text);
  });
  return found;
}

const isHead = (node: ts.Identifier): boolean =>
  ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node;

test('the sources are found, and their imports read', () => {
  expect(files.length).toBeGreaterThan(80);
  expect(imports.filter(isOwn).length).toBeGreaterThan(200);
  expect(imports.filter(({ to }) => to.startsWith('.') || to.startsWith('..'))).toEqual([]);
});

describe('rooms', () => {
  test('every file stands in one that the design names', () => {
    expect(files.filter((file) => ![...ROOMS, ...COMMON].includes(roomOf(file)))).toEqual([]);
  });

  test('each sees itself and the ones before it', () => {
    const wrong = imports.filter(isOwn).filter(({ from, to }) => {
      if (COMMON.includes(from) || COMMON.includes(to)) return false;
      return ROOMS.indexOf(roomOf(to)) > ROOMS.indexOf(roomOf(from));
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  test('what all may see brings nothing along but types', () => {
    const own = imports.filter(({ from }) => COMMON.includes(from));
    expect(own.filter(({ typeOnly }) => !typeOnly).map(shown)).toEqual([]);
  });

  test('none imports another in a circle', () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' > '));
      if (done.has(file) || way.includes(file)) return;
      for (const { from, to, typeOnly } of imports) {
        if (from === file && !typeOnly && files.includes(to)) visit(to, [...way, file]);
      }
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe('who alone may', () => {
  test('know an adapter: main.ts and the table of runners', () => {
    const wrong = imports
      .filter(isOwn)
      .filter(({ to, typeOnly }) => !typeOnly && !SHARED.includes(to))
      .filter(({ from, to }) => {
        const room = ADAPTERS.find((folder) => to.startsWith(folder));
        const isCustom = to === 'measure/custom.ts';
        if (room === undefined) return isCustom && from !== 'main.ts';
        return !from.startsWith(room) && !KNOW_ADAPTERS.includes(from);
      });
    expect(wrong.map(shown)).toEqual([]);
  });

  test('colour and move the terminal: report/', () => {
    const wrong = imports.filter(
      ({ from, to }) => /^(chalk|ora)$/.test(to) && roomOf(from) !== 'report',
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  test('read words: cli/, by commander', () => {
    const wrong = imports.filter(({ from, to }) => to === 'commander' && roomOf(from) !== 'cli');
    expect(wrong.map(shown)).toEqual([]);
  });

  test('report: cli/, for the engine only emits events', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        roomOf(to) === 'report' && !['report', 'cli', 'main.ts'].includes(roomOf(from)),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  test('start processes: measure/process, git and files aside', () => {
    const may = ['measure/git.ts', 'measure/files.ts'];
    const wrong = imports.filter(
      ({ from, to }) =>
        /^(node:child_process|execa)$/.test(to) &&
        !from.startsWith('measure/process/') &&
        !may.includes(from),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  test('end the process: nobody; set its exit code: cli/run.ts', () => {
    const ends = files.filter((file) => namesUsed(file).includes('process.exit'));
    expect(ends).toEqual([]);
    const sets = files.filter((file) => namesUsed(file).includes('process.exitCode'));
    expect(sets).toEqual(['cli/run.ts']);
  });

  test('know the numbers of exit codes: cli/exit.ts', () => {
    const from = imports.filter(({ to }) => to === 'cli/exit.ts' && !to.endsWith('.test.ts'));
    expect(from.filter((one) => roomOf(one.from) !== 'cli').map(shown)).toEqual([]);
    const numbers = files
      .filter((file) => roomOf(file) === 'cli' && file !== 'cli/exit.ts')
      .filter((file) => /\b(?:129|130|143)\b/.test(readFileSync(path.join(SRC, file), 'utf8')));
    expect(numbers).toEqual([]);
  });
});

describe.each(PURE)('%s is pure', (room) => {
  const own = files.filter((file) => file === room || file.startsWith(`${room}/`));

  test('it is there', () => expect(own).not.toEqual([]));

  test('it imports neither Node nor a package', () => {
    const wrong = imports.filter(({ from, to }) => own.includes(from) && !files.includes(to));
    expect(wrong.map(shown)).toEqual([]);
  });

  test('it asks neither clock, chance nor surroundings', () => {
    const impure = [
      'Date',
      'performance',
      'process',
      'Math.random',
      'crypto',
      'fetch',
      'setTimeout',
    ];
    const wrong = own.flatMap((file) =>
      namesUsed(file)
        .filter((name) => impure.includes(name))
        .map((name) => `${file} uses ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});
