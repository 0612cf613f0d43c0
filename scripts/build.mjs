/**
 * Builds dist/: one bundle with lazy chunks, and what a start shall not have to work out: the answers of --help and
 * --version, what every runner measures, and the shipped gates as read.
 */

import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = path.join(root, 'src') + path.sep;

/** Files that are loaded together lie in one: opening each costs a start half a millisecond. */
const GROUPS = [
  {
    name: 'start',
    test: /\/src\/(?:cli\/(?:session|action-text|commands\/command|commands\/gates-list)|config\/(?:cache|find|look)|judge\/(?:agent|catalogue|compared|recorded|steps|traffic|trigger|written)|failure|language\/nearest)\.ts$|rolldown[\\/]runtime/,
  },
  {
    name: 'history',
    test: /\/src\/(?:cli\/(?:git-user|history|history-options|history-streams|new-id|state-dir|store-failure|trust|commands\/(?:deploy-history|deploy-record|incident-open|metrics-delivery))|history\/(?:canonical|chain|cleaned|heads|journal|open-store|read-record|records|sha256|spool|whole-file|folds\/[\w-]+|stores\/(?!memory|postgres)[\w-]+)|report\/(?:history-text|json|wording)|rollout\/(?:freeze|frozen))\.ts$/,
  },
  { name: 'language', test: /\/src\/language\// },
];

/** Imports that most starts never use, and what loads them when they are. */
const LATE = [
  {
    // commander can start programs, which nemesis never asks it to
    file: '/commander/lib/command.js',
    now: "import childProcess from 'node:child_process';",
    late: "const childProcess = { spawn: (...given) => process.getBuiltinModule('node:child_process').spawn(...given) };",
  },
  {
    // needed where there is a configuration to find
    file: '/src/config/open-config.ts',
    now: "import { cosmiconfigSync, type Loader } from 'cosmiconfig';",
    late: "const cosmiconfigSync = (...given) => require('cosmiconfig').cosmiconfigSync(...given);",
  },
  {
    // takes ten milliseconds, and a name is computed rarely where one can be found
    file: '/src/rollout/drivers/local/folders.ts',
    now: "import { hash } from 'node:crypto';",
    late: "const hash = (...given) => process.getBuiltinModule('node:crypto').hash(...given);",
  },
  {
    // nearly everybody has a HOME
    file: '/src/history/heads.ts',
    now: "import os from 'node:os';",
    late: "const os = { homedir: () => process.getBuiltinModule('node:os').homedir() };",
  },
  // needed where somebody wrote YAML: the shipped files are read when nemesis is built
  {
    file: '/src/config/yaml.ts',
    now: "import { parseDocument } from 'yaml';",
    late: lateYaml('parseDocument'),
  },
  {
    file: '/src/config/yaml-layout.ts',
    now: "import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';",
    late: lateYaml('isMap', 'isScalar', 'isSeq'),
  },
  {
    file: '/src/config/yaml-refusals.ts',
    now: "import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml';",
    late: lateYaml('isAlias', 'isMap', 'isScalar', 'isSeq'),
  },
];

/** @type {import('rolldown').Plugin} */
const lateImports = {
  name: 'late-imports',
  transform(code, id) {
    const row = LATE.find(({ file }) => id.endsWith(file));
    if (row === undefined) return null;
    if (!code.includes(row.now)) throw new Error(`${id} has no \`${row.now}\` any more`);
    return code.replace(row.now, row.late);
  },
};

/**
 * The bundler copies every property of a Node module that is imported as a default, which makes Node load whatever
 * hides behind the rarely used ones. To inherit them is enough.
 * @type {import('rolldown').Plugin}
 */
const inheritBuiltins = {
  name: 'inherit-builtins',
  renderChunk: (code) =>
    code.replace(
      /^(node_\w+) = (?:require_rolldown_runtime\.)?__toESM\(\1(?:, 1)?\);$/gm,
      '$1 = { __proto__: $1, default: $1 };',
    ),
};

/**
 * An import of one of Node's modules starts Node's other loader, which takes a start two milliseconds. So would one of
 * the compiler, which is left outside of the bundle.
 * @type {import('rolldown').Plugin}
 */
const requireBuiltins = {
  name: 'require-builtins',
  renderChunk: (code) =>
    code
      .replace(/\bimport\(("node:[\w/]+")\)/g, 'Promise.resolve().then(() => require($1))')
      .replace(
        /\bimport\(("typescript")\)/g,
        'Promise.resolve().then(() => ({ default: require($1) }))',
      ),
};

// Built beside and moved into place, so that a running nemesis never sees half of it.
const draft = mkdtempSync(path.join(root, 'dist-'));
chmodSync(draft, 0o755);
try {
  await build(draft);
  const dist = path.join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  renameSync(draft, dist);
} finally {
  rmSync(draft, { recursive: true, force: true });
}

/**
 * A command that is asked for late may be asked for early elsewhere; that is no mistake.
 * @param {'warn' | 'info' | 'debug'} level
 * @param {{ code?: string }} log
 * @param {(level: string, log: object) => void} tell
 */
function onLog(level, log, tell) {
  if (level === 'warn' && log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') tell(level, log);
}

/** @param {string} folder */
async function build(folder) {
  const bundle = await rolldown({
    input: {
      main: path.join(root, 'src/main.ts'),
      daemon: path.join(root, 'src/rollout/drivers/local/daemon.ts'),
      'python-rules': path.join(root, 'src/measure/python-rules/program.ts'),
      mainland: path.join(root, 'src/rollout/island/mainland.ts'),
    },
    platform: 'node',
    // Nine megabytes that lie in node_modules already, for who needs them.
    external: ['typescript'],
    onLog,
    preserveEntrySignatures: 'allow-extension',
    // A module of ours does nothing by being imported: what is not used of it stays out of the chunk.
    treeshake: { moduleSideEffects: (id) => !id.startsWith(source) },
    plugins: [lateImports, inheritBuiltins, requireBuiltins],
  });
  // CommonJS starts several milliseconds sooner than ES modules do.
  await bundle.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: true, annotation: false, jsdoc: false },
    codeSplitting: { groups: GROUPS, includeDependenciesRecursively: false },
  });
  await bundle.close();
  await buildIsland(folder);
  const write = (/** @type {string} */ name, /** @type {string} */ text) =>
    writeFileSync(path.join(folder, name), text);
  write('package.json', '{ "type": "commonjs" }\n');

  const { readWords } = await import(`${source}cli/program.ts`);
  const { commands } = await import(`${source}cli/commands/index.ts`);
  const { runners } = await import(`${source}measure/runners.ts`);
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  write('version.txt', `${version}\n`);
  write('help.txt', readWords(['--help'], commands, version).text);
  const sources = runners.map((/** @type {{ id: string, metrics: unknown }} */ runner) => {
    const { id, metrics } = runner;
    return { id, metrics };
  });
  write('sources.json', JSON.stringify(sources));
  write('shipped.json', JSON.stringify(await shippedFiles()));
}

/** The emergency rollback up to the switch: one file that shares nothing, so that nothing else can keep it from working. */
async function buildIsland(/** @type {string} */ folder) {
  const island = await rolldown({
    input: { island: path.join(root, 'src/rollout/island/main.ts') },
    platform: 'node',
    onLog,
    treeshake: { moduleSideEffects: false },
    plugins: [
      {
        name: 'mainland-stays-outside',
        resolveId: (id) =>
          id === './mainland.ts' ? { id: './mainland.js', external: true } : undefined,
      },
      lateImports,
      inheritBuiltins,
    ],
  });
  await island.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].js',
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await island.close();
}

/** Gates and presets as the YAML door reads them, so that a start need not. */
async function shippedFiles() {
  const { layoutIn } = await import(`${source}config/yaml.ts`);
  const names = ['gates', 'config'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => `${folder}/${name.split(path.sep).join('/')}`),
  );
  return Object.fromEntries(
    names.sort().map((name) => {
      const text = readFileSync(path.join(root, name), 'utf8');
      const read = layoutIn(name, text);
      if (!read.ok) throw new Error(`${name} cannot be read: ${JSON.stringify(read.diagnostics)}`);
      return [name, { text, layout: read.layout }];
    }),
  );
}

/** @param {string[]} names */
function lateYaml(...names) {
  return names
    .map((name) => `const ${name} = (...given) => require('yaml').${name}(...given);`)
    .join(' ');
}
