/**
 * The bundle a build leaves behind: its size, whether unused code was shaken out of it, whether its scripts have
 * source maps. nemesis builds only where the config says how; else it weighs what is there, if that is of the
 * sources as they stand now.
 */

import { statSync } from 'node:fs';
import path from 'node:path';
import type { MetricDeclaration } from '../../judge/catalogue.ts';
import type { Finding } from '../../judge/finding.ts';
import {
  emittedIn,
  isScript,
  newerSource,
  packedSizeOf,
  shippedOf,
  sizeOf,
  type Emitted,
} from '../bundle/output.ts';
import { mapTextOf, parseMap, type SourceMap } from '../bundle/source-map.ts';
import { unusedIn, type Unused } from '../bundle/tree-shaking.ts';
import { runDeclared } from '../declared-command.ts';
import type { Project } from '../project.ts';
import type { Measurement, MetricValue, RunContext, Runner } from '../runner.ts';
import { absent, hasNumbers } from '../tool.ts';
import { counted } from './counted.ts';

const OUTPUTS = ['dist', 'build', 'out', '.output/public', '.next/static', 'public/build'];
const BUNDLERS = [
  ...['vite', 'webpack', 'rollup', 'rolldown', 'esbuild', 'parcel', '@rspack/core', 'rspack'],
  ...[
    'next',
    'nuxt',
    'astro',
    '@sveltejs/kit',
    'react-scripts',
    '@angular/cli',
    '@vue/cli-service',
  ],
  ...['tsup', 'tsdown', 'unbuild', 'microbundle', '@remix-run/dev', 'gatsby', 'bun-bundler'],
];
const SOURCES = /\.([cm]?[jt]sx?|vue|svelte|astro|css|scss|less|html)$/;

const about = (text: string): Pick<MetricDeclaration, 'about'> => ({ about: text });

export const bundle: Runner = {
  id: 'bundle',
  about: 'size, tree shaking and source maps of what the build emits',
  needs: '`bundle:` in the config, or a bundler with a build script',
  metrics: {
    bundle_size: {
      ...{ dimension: 'bytes', better: 'lower' },
      ...about(
        'bytes of the emitted files; maps, types and packed twins (`.gz`, `.br`) do not count',
      ),
    },
    bundle_size_gzip: {
      ...{ dimension: 'bytes', better: 'lower' },
      ...about('the same, each file packed by gzip'),
    },
    tree_shaking: {
      ...{ dimension: 'state', better: 'higher', states: ['disabled', 'enabled'] },
      ...about('exported functions that nothing imports are not in the bundle, by its source maps'),
    },
    source_maps: {
      ...{ dimension: 'state', better: 'higher', states: ['absent', 'generated'] },
      ...about('every emitted script has a source map that can be read'),
    },
    artifact_size: {
      ...{ dimension: 'bytes', better: 'lower' },
      ...about('size of the built artifact: that of the bundle'),
    },
    artifact_size_limit: {
      ...{ dimension: 'bytes', better: 'as_asked' },
      ...about('the limit of artifact_size: `bundle.limit`, 5 MB by default'),
    },
  },
  inPlay(project) {
    if (project.bundle !== undefined) return { inPlay: true, because: 'bundle: in the config' };
    const bundler = BUNDLERS.find((name) => project.dependencies.has(name));
    if (bundler === undefined) return { inPlay: false, why: 'no bundler here' };
    if (project.scripts['build'] === undefined)
      return { inPlay: false, why: 'no build script here' };
    return { inPlay: true, because: `package.json: ${bundler}` };
  },
  measure: measureBundle,
};

const DEFAULT_LIMIT_BYTES = 5_000_000;

async function measureBundle(context: RunContext): Promise<Measurement> {
  const { project } = context;
  const { build } = project.bundle ?? {};
  const startedMs = Date.now();
  const built = build === undefined ? undefined : await runDeclared('the build', build, context);
  if (built !== undefined && !hasNumbers(built)) return built;
  const evidence = built?.evidence === undefined ? {} : { evidence: built.evidence };
  return { ...(await weigh(project, built && startedMs)), ...evidence };
}

/** @param builtSinceMs when a build was begun that has ended well */
async function weigh(project: Project, builtSinceMs: number | undefined): Promise<Measurement> {
  const { root } = project;
  const script = `${project.packageManager} run build`;
  const folder = project.bundle?.output ?? outputOf(root);
  const help =
    builtSinceMs === undefined
      ? `run ${script}, or declare bundle.build in the config`
      : 'name its folder: bundle.output in the config';
  if (folder === undefined || !isFolder(path.join(root, folder))) {
    const where = folder ?? OUTPUTS.slice(0, 3).join(', ');
    return absent('nothing_measured', `no build here: ${where} is not there`, help);
  }
  const emitted = emittedIn(root, folder);
  if (emitted === undefined) return absent('bad_config', `${folder} holds too many files`, help);
  const shipped = shippedOf(emitted);
  if (shipped.length === 0) return absent('nothing_measured', `${folder} holds no files`, help);
  const sources = project.files.filter(
    (file) => SOURCES.test(file) && !file.startsWith(`${folder}/`),
  );
  const newer = wasWritten(emitted, builtSinceMs) ? undefined : newerSource(root, sources, emitted);
  if (newer === undefined) return await measured(project, folder, shipped);
  const stale = `${folder} was built before ${newer} was changed`;
  const why = builtSinceMs === undefined ? stale : `the build wrote nothing: ${stale}`;
  return absent('nothing_measured', why, help);
}

/** An empty folder is left over from a build that went elsewhere. */
function outputOf(root: string): string | undefined {
  const found = OUTPUTS.filter((name) => isFolder(path.join(root, name)));
  return found.find((name) => emittedIn(root, name)?.length !== 0) ?? found[0];
}

/** Within a second: clocks of file systems are coarse. */
function wasWritten(emitted: readonly Emitted[], sinceMs = Infinity): boolean {
  return emitted.some(({ modifiedMs }) => modifiedMs > sinceMs - 1000);
}

async function measured(
  { root, files, bundle: config }: Project,
  folder: string,
  shipped: readonly Emitted[],
): Promise<Measurement> {
  const scripts = shipped.filter(isScript);
  const maps = scripts.map((script) => ({ script, map: mapOf(root, script) }));
  const unmapped = maps.filter(({ map }) => map === undefined).map(({ script }) => script.file);
  const readable = maps.flatMap(({ map }) => map ?? []);
  const shaken = await treeShaking(scripts, unmapped, readable, files);
  const size = sizeOf(shipped);
  const findings = [...unmapped.map(unmappedFinding), ...shaken.findings];
  const none = { notApplicable: `${folder} holds no scripts` };
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: {
      bundle_size: size,
      bundle_size_gzip: packedSizeOf(root, shipped),
      tree_shaking: scripts.length === 0 ? none : shaken.value,
      source_maps: scripts.length === 0 ? none : unmapped.length === 0 ? 'generated' : 'absent',
      artifact_size: size,
      artifact_size_limit: config?.limitBytes ?? DEFAULT_LIMIT_BYTES,
    },
    findings,
    summary: `${(size / 1e6).toFixed(2)} MB in ${counted(shipped.length, 'file')} of ${folder}`,
  };
}

function mapOf(root: string, { file }: Emitted): SourceMap | undefined {
  const text = mapTextOf(path.join(root, file));
  return text === undefined ? undefined : parseMap(text);
}

async function treeShaking(
  scripts: readonly Emitted[],
  unmapped: readonly string[],
  maps: readonly SourceMap[],
  files: readonly string[],
): Promise<{ value: MetricValue; findings: readonly Finding[] }> {
  const missing = (why: string) => ({ value: { missing: why }, findings: [] });
  const notApplicable = (why: string) => ({ value: { notApplicable: why }, findings: [] });
  if (scripts.length > 0 && maps.length === 0)
    return missing('without source maps nobody can tell what the bundle holds');
  if (maps.every(({ sourcesContent = [] }) => sourcesContent.every((text) => text === null))) {
    return maps.every(({ sources }) => sources.length === 1)
      ? notApplicable('every script is of one module, so nothing was bundled')
      : missing('its source maps hold no sources');
  }
  const unused = await unusedIn(maps);
  const kept = unused.filter((one) => one.kept);
  if (kept.length > 0) {
    return { value: 'disabled', findings: kept.map((one) => keptFinding(one, files)) };
  }
  if (unmapped.length > 0) return missing('some of its scripts have no source map');
  if (unused.length === 0) {
    return notApplicable(
      'no bundled source exports a function that nothing imports, so there is nothing to see',
    );
  }
  return { value: 'enabled', findings: [] };
}

const unmappedFinding = (file: string): Finding => ({
  ...{ tool: 'bundle', rule: 'no-source-map', severity: 'warning', file },
  message: 'has no source map that can be read',
  metric: 'source_maps',
});

function keptFinding({ source, name, line }: Unused, files: readonly string[]): Finding {
  // `../src/money.ts`, `webpack://shop/./src/money.ts`: bundlers name the same file in their own ways.
  const file = files.find((one) => `/${source.replaceAll('/./', '/')}`.endsWith(`/${one}`));
  return {
    ...{ tool: 'bundle', rule: 'unused-code-kept', severity: 'warning', line },
    ...(file === undefined ? {} : { file }),
    message: `${name} is in the bundle, and nothing imports it`,
    metric: 'tree_shaking',
  };
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
