/** What a file is to the people of a project, told by its name: what a change in it asks for follows from that. Pure. */

export type Role =
  /** Code that is shipped. */
  | 'source'
  /** Tests, and what they read. */
  | 'test'
  /** What a user of the project reads. */
  | 'docs'
  /** Code around the product: configuration, examples, benchmarks, build and release scripts. */
  | 'support'
  /** Written by a program, or by somebody else. */
  | 'generated'
  | 'other';

export type Family = 'js' | 'python';

const FOLDERS: Readonly<Record<'generated' | 'test' | 'support', ReadonlySet<string>>> = {
  generated: new Set([
    ...['node_modules', 'vendor', 'vendored', '_vendor', '_vendored', 'third_party', 'third-party'],
    ...[
      'dist',
      'build',
      'out',
      'coverage',
      '.next',
      '.nuxt',
      '.output',
      'generated',
      '__generated__',
    ],
    ...['.yarn', '.pnp', 'site-packages', '.venv', 'venv', '__pycache__'],
  ]),
  test: new Set([
    ...['test', 'tests', '__tests__', '__test__', '__mocks__', '__snapshots__', '__fixtures__'],
    ...[
      'spec',
      'specs',
      'e2e',
      'cypress',
      'playwright',
      'fixtures',
      'testing',
      'testdata',
      'unittests',
    ],
    ...['test-d', 'tests-d', 'type-tests', 'typetests'],
  ]),
  support: new Set([
    ...['example', 'examples', 'demo', 'demos', 'sample', 'samples', 'playground', 'sandbox'],
    ...['bench', 'benches', 'benchmark', 'benchmarks', 'script', 'scripts', 'tools', 'ci'],
    ...[
      'docs',
      'doc',
      'website',
      'stories',
      'templates',
      '.github',
      '.circleci',
      '.storybook',
      '.husky',
    ],
  ]),
};

const GENERATED_NAME =
  /(^|[.-])(min|bundle|generated|gen)\.[cm]?[jt]sx?$|_pb2(_grpc)?\.pyi?$|\.pb\.[jt]s$|_version\.py$|^versioneer\.py$/;
const TEST_NAME =
  /[.-](test|tests|spec|e2e|cy|test-d|bench)\.[cm]?[jt]sx?$|^(test|tests|spec)\.[cm]?[jt]sx?$|^test_.*\.py$|_tests?\.py$|^(conftest|tests?)\.py$|\.snap$|^setupTests\.[jt]sx?$/;
const SUPPORT_NAME =
  /^\.|\.(config|conf|stories|story|setup)\.[cm]?[jt]sx?$|^(gulpfile|gruntfile|jakefile|rollup\.config.*|webpack\..*)\.[cm]?[jt]s$|^(setup|noxfile|tasks|fabfile|manage|conf|hatch_build)\.py$/i;
const DOCS_NAME = /\.(md|mdx|markdown|rst|adoc|asciidoc)$/i;
const TELLS_USERS =
  /^(readme|changelog|changes|history|news|releases?|release[-_]notes|upgrad\w*|migrat\w*|usage|faq|api)\b/i;
/** About working on the project, not with it. */
const TELLS_PEOPLE =
  /^(contributing|code[-_]of[-_]conduct|security|governance|maintainers|authors|contributors|collaborator_guide|releasing|license|licence|copying|notice|agents|claude|gemini|pull_request_template|issue_template)\b/i;
const DOCS_FOLDERS = new Set([
  'docs',
  'doc',
  'documentation',
  'website',
  '.changeset',
  'changes',
  'changelog.d',
  'news',
  'newsfragments',
]);
const TYPES_ONLY = /\.d\.[cm]?ts$|\.pyi$/;

export function roleOf(file: string): Role {
  const parts = file.split('/');
  const name = parts.pop() ?? '';
  const isIn = (folders: ReadonlySet<string>): boolean =>
    parts.some((part) => folders.has(part.toLowerCase()));
  if (isIn(FOLDERS.generated) || GENERATED_NAME.test(name)) return 'generated';
  if (isIn(FOLDERS.test) || TEST_NAME.test(name)) return 'test';
  if (isDocs(parts, name)) return 'docs';
  const family = familyOf(file);
  if (family === undefined || TYPES_ONLY.test(name)) return 'other';
  return isIn(FOLDERS.support) || SUPPORT_NAME.test(name) ? 'support' : 'source';
}

function isDocs(folders: readonly string[], name: string): boolean {
  if (folders.includes('.github') || TELLS_PEOPLE.test(name)) return false;
  const stem = name.replace(/\.(txt|in)$/i, '');
  if (
    DOCS_NAME.test(name) ||
    (folders.length === 0 &&
      TELLS_USERS.test(stem) &&
      familyOf(name) === undefined &&
      !/\.(json|ya?ml|toml)$/.test(name))
  )
    return true;
  return (
    folders.some((folder) => DOCS_FOLDERS.has(folder.toLowerCase())) &&
    /\.(txt|html?)$|^[^.]+$/i.test(name)
  );
}

/** The kind of code a file holds; undefined for everything that no parser here reads. */
export function familyOf(file: string): Family | undefined {
  if (/\.([cm]?[jt]sx?)$/.test(file)) return 'js';
  return /\.pyi?$/.test(file) ? 'python' : undefined;
}

/** A program says so in the first lines of what it writes. */
export function saysGenerated(text: string): boolean {
  return /@generated\b|\bcode generated\b.{0,80}\bdo not edit\b|(auto-?generated|automatically generated)\b/i.test(
    text
      .slice(0, 1_000)
      .split('\n')
      .slice(0, 12)
      .filter((line) => /^\s*(\/\/|\/?\*|#|"""|''')/.test(line))
      .join('\n'),
  );
}
