/** The bundle of small projects, built for real by rolldown, and what stands in for a build that is not there. */

import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { BundleConfig } from '../../../src/config/config.ts';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { readProject } from '../../../src/measure/project.ts';
import type { Measurement } from '../../../src/measure/runner.ts';
import { bundle } from '../../../src/measure/tools/bundle.ts';
import { SYSTEM_PATH } from '../process/system-path.ts';
import { projectWith } from './support.ts';

const INSTALLED = path.join(import.meta.dirname, '../../../node_modules');
const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-bundle-')));
const engine = createProcessEngine();
afterAll(async () => {
  await engine.close();
  rmSync(scratch, { recursive: true, force: true });
});

const SHOP = {
  'src/main.js': "import { price } from './money.js';\nconsole.log(price(3));\n",
  'src/money.js': [
    'export function price(net) {',
    '  return net * 2;',
    '}',
    'export const discount = (net) => {',
    '  return net / 2;',
    '};',
  ].join('\n'),
};

let made = 0;

async function measure(
  files: Readonly<Record<string, string>>,
  config?: BundleConfig,
  timeoutMs = 60_000,
): Promise<Measurement & { readonly root: string }> {
  const root = path.join(scratch, `p${++made}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  symlinkSync(INSTALLED, path.join(root, 'node_modules'));
  return { ...(await measureAgain(root, config, timeoutMs)), root };
}

async function measureAgain(root: string, config?: BundleConfig, timeoutMs = 60_000) {
  const project = await readProject({
    root,
    repositoryTop: undefined,
    env: { PATH: `${path.dirname(process.execPath)}:${SYSTEM_PATH}`, HOME: scratch },
    suites: {},
    bundle: config,
    secrets: [],
    ownBinDirs: [],
  });
  return bundle.measure({
    project,
    engine,
    workDir: path.join(root, '.nemesis', 'bundle'),
    timeoutMs,
    outputCapBytes: 1024 * 1024,
    signal: new AbortController().signal,
    earlier: new Map(),
  });
}

const rolldown = (...more: string[]): BundleConfig => ({
  output: 'dist',
  build: ['rolldown', 'src/main.js', '-d', 'dist', ...more],
});

describe('a bundle that is built here', () => {
  test('with maps, shaken', async () => {
    const { state, metrics, findings, evidence } = await measure(SHOP, rolldown('--sourcemap'));
    expect(findings).toEqual([]);
    expect(state).toBe('clean');
    expect(metrics).toMatchObject({ tree_shaking: 'enabled', source_maps: 'generated' });
    // What rolldown makes of it differs by its version.
    const { bundle_size: size, bundle_size_gzip: packed } = metrics;
    expect(size).toBeGreaterThan(20);
    expect(size).toBeLessThan(500);
    expect(packed).toBeGreaterThan(20);
    expect(metrics).toMatchObject({ artifact_size: size, artifact_size_limit: 5_000_000 });
    expect(evidence).toMatchObject({ tool: 'rolldown', exitCode: 0 });
  });

  test('without maps nobody can tell', async () => {
    const { metrics, findings } = await measure(SHOP, { ...rolldown(), limitBytes: 1000 });
    expect(metrics).toMatchObject({
      source_maps: 'absent',
      tree_shaking: { missing: 'without source maps nobody can tell what the bundle holds' },
      artifact_size_limit: 1000,
    });
    expect(findings).toMatchObject([{ file: 'dist/main.js', metric: 'source_maps' }]);
  });

  test('a build that fails is no bundle, and what lay there before is not weighed', async () => {
    const { state, why, metrics } = await measure(
      { ...SHOP, 'src/main.js': "import './gone.js';\n", 'dist/main.js': 'old' },
      rolldown(),
    );
    expect(state).toBe('crashed');
    expect(why).toBe('the build (`rolldown src/main.js -d dist`) exited 1');
    expect(metrics).toEqual({});
  });

  test.each([
    [['no-such-program'], 'not_installed', '`no-such-program` is not installed'],
    [['../build.sh'], 'bad_config', '`../build.sh` lies outside the project'],
    [['true'], 'nothing_measured', 'no build here: dist is not there'],
  ] as const)('%j is %s', async (build, state, why) => {
    const measurement = await measure(SHOP, { output: 'dist', build });
    expect(measurement.state).toBe(state);
    expect(measurement.why).toContain(why);
  });

  test('a build that wrote nothing does not make an old output a new one', async () => {
    const { root } = await measure({ ...SHOP, 'dist/main.js': 'let a;\n' });
    const old = new Date(Date.now() - 60_000);
    utimesSync(path.join(root, 'dist/main.js'), old, old);
    const { state, why } = await measureAgain(root, { output: 'dist', build: ['true'] });
    expect(state).toBe('nothing_measured');
    expect(why).toBe('the build wrote nothing: dist was built before src/main.js was changed');
    for (const file of Object.keys(SHOP)) utimesSync(path.join(root, file), old, old);
    const untouched = await measureAgain(root, { output: 'dist', build: ['true'] });
    expect(untouched.metrics).toMatchObject({ bundle_size: 7 });
  });

  test('a build that does not end is ended', async () => {
    const { state } = await measure(SHOP, { output: 'dist', build: ['sleep', '600'] }, 300);
    expect(state).toBe('timed_out');
  });
});

describe('a bundle that somebody else built', () => {
  const BUILT = { ...SHOP, 'dist/a b.js': 'let a;\n//# sourceMappingURL=a%20b.js.map\n' };
  const map = (given: object) =>
    JSON.stringify({ version: 3, sources: [], mappings: '', sourcesContent: [], ...given });

  test('is weighed; maps and types are not', async () => {
    const { state, metrics, root } = await measure({
      ...BUILT,
      'dist/a b.js.map': map({ sources: ['x.js'], sourcesContent: ['let x;'], mappings: 'AAAA' }),
      'dist/types.d.ts': 'export {};',
    });
    expect(state).toBe('clean');
    expect(metrics).toMatchObject({ source_maps: 'generated', bundle_size: 41, artifact_size: 41 });
    utimesSync(path.join(root, 'src/money.js'), new Date(), new Date(Date.now() + 60_000));
    const { state: stale, why, help } = await measureAgain(root);
    expect(stale).toBe('nothing_measured');
    expect(why).toBe('dist was built before src/money.js was changed');
    expect(help).toBe('run npm run build, or declare bundle.build in the config');
  });

  test('what lies there packed as well counts once, a packed file alone does', async () => {
    const { metrics, summary } = await measure({
      ...{ ...SHOP, 'dist/a.js': 'let a;\n', 'dist/a.js.gz': 'zip', 'dist/a.js.br': 'br' },
      'dist/data.gz': 'data',
    });
    expect(metrics).toMatchObject({ bundle_size: 11 });
    expect(summary).toContain('2 files of dist');
  });

  test('an empty folder does not hide the one that is filled', async () => {
    const { root } = await measure({ ...SHOP, 'build/a.js': 'let a;\n' });
    mkdirSync(path.join(root, 'dist/assets'), { recursive: true });
    expect((await measureAgain(root)).summary).toContain('1 file of build');
    rmSync(path.join(root, 'build'), { recursive: true });
    expect((await measureAgain(root)).why).toBe('dist holds no files');
  });

  /** Both modules one after the other, nothing left out; each emitted line comes from one source line. */
  const unshaken = (main = SHOP['src/main.js']) => ({
    ...SHOP,
    'src/main.js': main,
    'dist/main.js': `${SHOP['src/money.js']}\n${main}//# sourceMappingURL=main.js.map\n`,
    'dist/main.js.map': map({
      sources: ['webpack://shop/./src/money.js', '../src/main.js'],
      sourcesContent: [SHOP['src/money.js'], main],
      mappings: 'AAAA;AACA;AACA;AACA;AACA;AACA;ACLA;AACA',
    }),
  });

  test('not shaken: the function that nothing imports is named where it stands', async () => {
    const { metrics, findings } = await measure(unshaken());
    expect(metrics).toMatchObject({ tree_shaking: 'disabled' });
    const message = 'discount is in the bundle, and nothing imports it';
    expect(findings).toMatchObject([{ file: 'src/money.js', line: 4, message }]);
  });

  test.each([
    ['used through a namespace', "import * as money from './money.js';\nconsole.log(money);\n"],
    ['loaded lazily', "\nimport('./money.js').then((money) => console.log(money));\n"],
    ['passed on whole', "export * from './money.js';\n\n"],
    ['of which all is used', "import { price, discount } from './money.js';\nprice(discount);\n"],
  ])('a module %s shows nothing', async (_, main) => {
    const { metrics } = await measure(unshaken(main));
    expect(metrics['tree_shaking']).toMatchObject({ notApplicable: expect.any(String) as string });
  });

  test.each([
    ['is no JSON', 'not json'],
    ['is of another version', '{"version":2,"sources":[],"mappings":""}'],
    ['is cut', '{"version":3,"sources":["a.js"],"mapp'],
  ])('a map that %s is none', async (_, text) => {
    const { metrics } = await measure({ ...BUILT, 'dist/a b.js.map': text });
    expect(metrics).toMatchObject({ source_maps: 'absent' });
  });

  test('mappings that lead nowhere do no harm', async () => {
    const text = map({
      sources: ['a.js'],
      sourcesContent: ['x'],
      mappings: '!!!;AAAA,gggggggggggg;C',
    });
    const { state } = await measure({ ...BUILT, 'dist/a b.js.map': text });
    expect(state).toBe('clean');
  });

  test.each([
    [
      ['../src/money.js'],
      { notApplicable: 'every script is of one module, so nothing was bundled' },
    ],
    [['../src/money.js', '../src/main.js'], { missing: 'its source maps hold no sources' }],
    [[], { missing: 'its source maps hold no sources' }],
  ])('maps without the text of %j', async (sources, expected) => {
    const text = JSON.stringify({ version: 3, sources, mappings: 'AAAA' });
    const { metrics } = await measure({ ...BUILT, 'dist/a b.js.map': text });
    expect(metrics).toMatchObject({ source_maps: 'generated', tree_shaking: expected });
  });

  test('a map named by an address is not fetched', async () => {
    const remote = 'let a;\n//# sourceMappingURL=http://127.0.0.1:9/a.map\n';
    const { metrics } = await measure({ ...SHOP, 'dist/a.js': remote });
    expect(metrics).toMatchObject({ source_maps: 'absent' });
  });

  test('each file is packed by itself', async () => {
    const page = '<p>hello'.repeat(100);
    const one = await measure({ 'dist/index.html': page });
    const packed = gzipSync(page).length;
    expect(one.metrics).toMatchObject({ bundle_size: 800, artifact_size: 800 });
    expect(one.metrics['bundle_size_gzip']).toBe(packed);
    const two = await measure({ 'dist/index.html': page, 'dist/copy.html': page });
    expect(two.metrics['bundle_size_gzip']).toBe(2 * packed);
  });

  test('without scripts there is nothing to map', async () => {
    const { state, metrics } = await measure({ 'dist/index.html': '<p>hello' });
    expect(state).toBe('clean');
    expect(metrics).toMatchObject({
      bundle_size: 8,
      bundle_size_gzip: expect.any(Number) as number,
    });
    expect(metrics['tree_shaking']).toEqual({ notApplicable: 'dist holds no scripts' });
  });
});

test.each([
  ['a bundler and a build script', new Set(['vite']), { build: 'vite build' }, true],
  ['a bundler alone', new Set(['vite']), {}, false],
  ['a build by the compiler', new Set(['typescript']), { build: 'tsc' }, false],
])('%s: in play %s', (_, dependencies, scripts, expected) => {
  expect(bundle.inPlay(projectWith({ dependencies, scripts })).inPlay).toBe(expected);
});
