/**
 * isort as a check. It sorts lines, and so calls a file that is no valid Python sorted; whether files can be read at
 * all is measured elsewhere (`code_unparseable`). `--verbose` makes it name the files that are in order too: without
 * any of them it has looked at nothing.
 */

import { filesToName, isConcerned } from '../concerned.ts';
import { declaredBy, type ToolMarks } from '../python/declared.ts';
import { pythonSources, topLevel } from '../python/files.ts';
import { defineTool, type CommandContext, type RawRun, type Reading } from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { IMPORT_ORDER } from './import-order.ts';

const MARKS: ToolMarks = {
  package: 'isort',
  configs: ['.isort.cfg'],
  sections: {
    'pyproject.toml': /^tool\.isort(\.|$)/,
    'setup.cfg': /^(tool:)?isort$/,
    'tox.ini': /^isort$/,
  },
  hooks: ['isort'],
};

export const isort = defineTool({
  id: 'isort',
  about: 'order of imports in Python, by the project’s own isort',
  needs: 'Python, and isort in its configuration, dependencies or commit hooks',
  install: 'pip install isort',
  metrics: { import_order: IMPORT_ORDER },
  location: { name: 'isort', distribution: 'isort' },
  kind: 'analyser',
  perFile: true,
  inPlay(project) {
    const because = declaredBy(project, MARKS);
    if (because === undefined) return { inPlay: false, why: 'isort is not declared' };
    if (pythonSources(project).length === 0) return { inPlay: false, why: 'no Python files' };
    return { inPlay: true, because };
  },
  command({ project }) {
    // A list of its own in `skip` replaces isort's, and it would walk into environments and packages.
    const paths = topLevel(pythonSources(project));
    const named = filesToName(project, paths)?.filter((file) => /\.(pyi?|pyx|pxd)$/.test(file));
    if (named?.length === 0) return { instead: NOTHING };
    return {
      argv: ['--check-only', '--verbose', '--filter-files', ...(named ?? paths)],
      env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
    };
  },
  read: readLists,
});

const NOTHING = { state: 'nothing_measured', why: 'isort found no file to check' } as const;

function readLists(raw: RawRun, { project }: CommandContext): Reading<'import_order'> {
  const { stderr, stdout, root, exitCode } = raw;
  const ignored = /Failed to pull configuration information from (.+)/.exec(stderr)?.[1];
  if (ignored !== undefined) {
    return { state: 'bad_config', why: `isort cannot read ${relativeTo(root, ignored.trim())}` };
  }
  if (exitCode === 2) {
    return { state: 'bad_config', why: complaintIn(stderr, root) };
  }
  const lines = `${stdout}\n${stderr}`.split('\n');
  const sorted = lines.filter((line) => line.startsWith('SUCCESS: ')).length;
  const unsorted = lines.flatMap(
    (line) => /^ERROR: (.+) Imports are incorrectly sorted/.exec(line)?.[1] ?? [],
  );
  if (sorted + unsorted.length === 0) {
    if (exitCode === 0) return NOTHING;
    const profile = /ProfileDoesNotExist: (.+)/.exec(stderr)?.[1];
    if (profile !== undefined) return { state: 'bad_config', why: `isort: ${profile}` };
    return { state: 'crashed', why: `isort: ${lastWords(stderr) || `exit code ${exitCode}`}` };
  }
  // It goes on after a file in an encoding it cannot read, and of the rest it could all be told.
  const unread = lines.flatMap((line) => /Encoding not supported for (.+)$/.exec(line)?.[1] ?? []);
  const isKept = ({ file }: { readonly file: string }) => isConcerned(project, file);
  const remarks = unread
    .map((file) => ({
      tool: 'isort',
      rule: 'unreadable',
      severity: 'warning' as const,
      file: relativeTo(root, file.trim()),
      message: 'its encoding cannot be read, so its imports are not judged',
    }))
    .filter(isKept);
  const findings = unsorted
    .map((file) => ({
      tool: 'isort',
      rule: 'unsorted',
      severity: 'warning' as const,
      file: relativeTo(root, file),
      message: 'imports are not sorted as isort would',
    }))
    .filter(isKept);
  return {
    state: findings.length + remarks.length === 0 ? 'clean' : 'findings',
    metrics: { import_order: findings.length === 0 ? 'sorted' : 'unsorted' },
    findings: [...findings, ...remarks],
    ...(findings.length < unsorted.length ? { exitExplained: true } : {}),
    summary: `${counted(findings.length, 'file')} unsorted`,
  };
}

/** The last line of a traceback says what happened. */
function lastWords(stderr: string): string {
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  return last.slice(0, 240);
}
