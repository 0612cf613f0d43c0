/** Which files of a repository are its own Python, and which of those are tests. */

import type { Project } from '../project.ts';

const MANIFESTS = ['pyproject.toml', 'setup.py', 'setup.cfg', 'Pipfile'];
const REQUIREMENTS =
  /^(requirements[\w.-]*|[\w.-]+[-_]requirements|requirements\/[\w.-]+)\.(txt|in)$/;

/** Copied in, built or written by a program: nobody here chose how it looks. */
const NOT_OURS = new RegExp(
  [
    '(^|/)(node_modules|site-packages|vendor|vendored|_vendor|third_party|build|dist)/',
    '(^|/)(\\.?venv|env|\\.tox|\\.nox|\\.eggs|__pycache__|migrations)/',
    '(^|/)alembic/versions/',
    '_pb2(_grpc)?\\.pyi?$',
    '(^|/)_version\\.py$',
  ].join('|'),
);

const TESTS = /(^|\/)(tests?|testing)\/|(^|\/)(test_[^/]*|[^/]*_tests?|conftest)\.py$/;

/** The file that says this is a Python project; undefined for a stray script. */
export function pythonManifest(project: Project): string | undefined {
  return project.find(MANIFESTS) ?? project.files.find((file) => REQUIREMENTS.test(file));
}

export function isPython(file: string): boolean {
  return file.endsWith('.py');
}

/** In the order of git's list. */
export function pythonSources(project: Project): readonly string[] {
  return project.files.filter((file) => isPython(file) && !NOT_OURS.test(file));
}

export function isTest(file: string): boolean {
  return TESTS.test(file);
}

export function requirementFiles({ files }: Project): readonly string[] {
  return files.filter((file) => REQUIREMENTS.test(file));
}

/**
 * What a person would name on the command line: the top folders and files that hold Python git lists, so that no
 * environment beside them is walked into. A name that begins with a dash is written as a path.
 */
export function topLevel(sources: readonly string[]): readonly string[] {
  const names = sources.map((file) => file.split('/')[0]!);
  return [...new Set(names)].map((name) => (name.startsWith('-') ? `./${name}` : name));
}
