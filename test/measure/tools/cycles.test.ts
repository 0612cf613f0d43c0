/** Circular imports, in small projects on disk. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import type { Measurement } from '../../../src/measure/runner.ts';
import { cycles } from '../../../src/measure/tools/cycles.ts';
import { projectWith } from './support.ts';

const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-cycles-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let made = 0;

async function measure(
  files: Readonly<Record<string, string>>,
  given: { filesCut?: boolean; signal?: AbortSignal; link?: readonly [string, string] } = {},
): Promise<Measurement> {
  const root = path.join(scratch, `p${++made}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  if (given.link !== undefined) {
    const [target, name] = given.link;
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    symlinkSync(path.join(root, target), path.join(root, name));
  }
  const project = projectWith({
    root,
    files: Object.keys(files),
    filesCut: given.filesCut ?? false,
  });
  return cycles.measure({
    project,
    engine: createProcessEngine(),
    workDir: path.join(root, '.nemesis'),
    timeoutMs: 1000,
    outputCapBytes: 1000,
    signal: given.signal ?? new AbortController().signal,
    earlier: new Map(),
  });
}

const B_NEEDS_A = { 'b.ts': "import { a } from './a';\nexport const b = a;\n" };

describe('a cycle', () => {
  test.each([
    ['of imports', "import { b } from './b';\nexport const a = b;\n"],
    ['of a re-export', "export * from './b';\nexport const a = 1;\n"],
    ['of an import for its effect', "import './b';\nexport const a = 1;\n"],
    ['with one value among types', "import { type B, b } from './b';\nexport const a: B = b;\n"],
    ['of an import assignment', "import b = require('./b');\nexport const a = b;\n"],
    ['of a require at load', "const { b } = require('./b');\nexports.a = b;\n"],
    ['of a base class', "import { b } from './b';\nexport class A extends b<string> {}\n"],
    ['of an instantiation', "import { b } from './b';\nexport const a = b<string>;\n"],
    ['named with its emitted ending', "import { b } from './b.js';\nexport const a = b;\n"],
  ])('%s is found', async (_, a) => {
    const { state, metrics, findings } = await measure({ 'a.ts': a, ...B_NEEDS_A });
    expect(state).toBe('findings');
    expect(metrics).toEqual({ no_circular: false, import_cycles: 1 });
    expect(findings).toMatchObject([
      { file: 'a.ts', message: 'imports itself: a.ts → b.ts → a.ts' },
    ]);
  });

  test.each([
    ['only of types', "import type { b } from './b';\nexport const a = 1;\n"],
    ['of what is used as a type alone', "import { b } from './b';\nexport const a: b = 1;\n"],
    ['of a namespace of types', "import * as all from './b';\nexport type A = all.b;\n"],
    ['of an interface', "import b from './b';\nexport class A implements b {}\n"],
    ['of names that are all types', "import { type b } from './b';\nexport const a = 1;\n"],
    ['of a type re-export', "export type { b } from './b';\nexport const a = 1;\n"],
    ['of a lazy import', "export const a = () => import('./b');\n"],
    ['of a require in a function', "exports.a = () => require('./b');\n"],
    ['in a comment', "// import { b } from './b';\nexport const a = 1;\n"],
    ['in a string', 'export const a = "import { b } from \'./b\'";\n'],
  ])('%s is none', async (_, a) => {
    const { state, metrics } = await measure({ 'a.ts': a, ...B_NEEDS_A });
    expect(state).toBe('clean');
    expect(metrics).toEqual({ no_circular: true, import_cycles: 0 });
  });

  test('through paths of a tsconfig that extends another', async () => {
    const { metrics } = await measure({
      'tsconfig.base.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'tsconfig.json': '{ "extends": "./tsconfig.base.json", /* here */ }',
      'src/a.ts': "import { b } from '@/b';\nexport const a = b;\n",
      'src/b.tsx': "import { a } from '@/a';\nexport const b = a;\n",
    });
    expect(metrics).toMatchObject({ import_cycles: 1 });
  });

  const ALIASES = '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } }, "include": ["src"] }';
  test.each([
    [
      'a solution refers to',
      {
        'tsconfig.json':
          '{ "files": [], "references": [{ "path": "./tsconfig.node.json" }, { "path": "./app" }] }',
        'tsconfig.node.json': '{ "include": ["vite.config.ts"] }',
        'app/tsconfig.json': ALIASES.replaceAll('./src', '../src'),
      },
    ],
    ['jsconfig.json has', { 'jsconfig.json': ALIASES }],
  ])('through paths that %s', async (_, configs) => {
    const { metrics } = await measure({
      ...configs,
      'src/a.js': "import { b } from '@/b';\nexport const a = b;\n",
      'src/b.js': "import { a } from '@/a';\nexport const b = a;\n",
    });
    expect(metrics).toMatchObject({ import_cycles: 1 });
  });

  test.each([
    ['Cup.vue', '<script setup>\nimport { way } from "./router.js";\nway();\n</script>\n'],
    ['Cup.vue', '<script setup lang="ts">\nimport { way } from "./router.js";\n</script>\n<way/>'],
    ['Cup.svelte', '<script lang="ts">\nimport { way } from "./router.js";\n</script>\n{$way}'],
  ])('through %s: %j', async (file, text) => {
    const router = `import C from './${file}';\nexport const way = () => C;\n`;
    const { metrics } = await measure({ [`${file}`]: text, 'router.js': router });
    expect(metrics).toMatchObject({ import_cycles: 1 });
  });

  test('of a type, where the compiler leaves such imports in', async () => {
    for (const kept of ['verbatimModuleSyntax', 'emitDecoratorMetadata']) {
      const { metrics } = await measure({
        'tsconfig.json': `{ "compilerOptions": { "${kept}": true } }`,
        'a.ts': "import { b } from './b';\nexport const a: b = 1;\n",
        ...B_NEEDS_A,
      });
      expect(metrics, kept).toMatchObject({ import_cycles: 1 });
    }
  });

  test('between packages of a workspace', async () => {
    const manifest = '{ "name": "@acme/money", "exports": "./index.ts" }';
    const { metrics } = await measure(
      {
        'packages/money/package.json': manifest,
        'packages/money/index.ts': "import '../pay/index.ts';\n",
        'packages/pay/index.ts': "import '@acme/money';\n",
      },
      { link: ['packages/money', 'node_modules/@acme/money'] },
    );
    expect(metrics).toMatchObject({ import_cycles: 1 });
  });

  test('of odd file names', async () => {
    const { findings } = await measure({
      'a b.ts': "import './-ü\\n.ts';\n",
      '-ü\n.ts': "import './a b.ts';\n",
    });
    expect(findings).toHaveLength(1);
  });
});

test('a broken tsconfig, a file that is no text and an import to nowhere do no harm, and the last is told', async () => {
  const { state, why, summary } = await measure({
    'tsconfig.json': '{ not json',
    'a.ts': "import './gone';\nimport './style.css';\nimport '#unknown';\n",
    'b.ts': '\0\u{1}\u{2} import { from',
  });
  expect(state).toBe('clean');
  expect(why).toBe('not found: a.ts: ./gone, a.ts: #unknown');
  expect(summary).toBe('0 cycles in 2 modules, 2 imports not found');
});

test('an alias that no configuration knows is told', async () => {
  const { why } = await measure({
    'a.ts': "import '@/b';\nimport '~/c.vue';\nimport '@acme/d';\n",
  });
  expect(why).toBe('not found: a.ts: @/b, a.ts: ~/c.vue');
});

test('what was built or comes from elsewhere is not looked at', () => {
  const files = ['dist/a.js', 'vendor/b.js', 'lib/jquery.min.js', 'types.d.ts', 'README.md'];
  expect(cycles.inPlay(projectWith({ files }))).toEqual({
    inPlay: false,
    why: 'no JavaScript or TypeScript',
  });
});

test('a file list that was cut, and an interruption, are no numbers', async () => {
  const files = { 'a.ts': '' };
  expect((await measure(files, { filesCut: true })).state).toBe('nothing_measured');
  expect((await measure(files, { signal: AbortSignal.abort() })).state).toBe('skipped');
});
