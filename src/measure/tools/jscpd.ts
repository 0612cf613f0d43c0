/**
 * jscpd over the code of the product, always in the version nemesis brings: another one counts differently. The files
 * lie in a folder of links, so that only what git lists is read and no name is a pattern. Its report holds
 * every copied piece, which is not kept. Where it finds no file to read it exits 0 and writes no report.
 */

import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isConcerned } from '../concerned.ts';
import type { Project } from '../project.ts';
import { defineTool, type CommandContext, type RawRun, type Reading } from '../tool.ts';
import { complaintIn } from './complaint.ts';
import { counted } from './counted.ts';
import { onlyKnown, readJsonReport } from './json-report.ts';
import { isDeclared, readOwnConfig, type OwnConfig } from './jscpd-config.ts';
import { isProductCode, isWrittenElsewhere, saysItIsGenerated } from './product-code.ts';

const ENDINGS = new Set(
  `.js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte .astro .coffee .py .rb .php .pl .pm .lua .sh .bash
   .java .kt .kts .scala .groovy .clj .cljs .c .h .cc .cpp .cxx .hpp .cs .fs .vb .m .mm .swift .dart
   .go .rs .zig .sol .erl .elm .hs .ml .jl .r .ps1`.split(/\s+/),
);
const LOCK_FILE = /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|[^/]+\.lock)$/;
/** jscpd would leave out what is longer or larger without a word; these are its options of the same name. */
const LIMITS = { maxLines: 10_000, maxSize: '256kb' };
/** Hardly anybody writes more by hand into one file, and its time grows faster than the file. */
const LARGEST_FILE_BYTES = 256 * 1024;
const MIN_LINES = 5;
const FOLDER = 'files';

/** https://github.com/kucherenko/jscpd: `fragment`, the copied code, is left out on purpose. */
const Place = z.object({ name: z.string(), start: z.int(), end: z.int() });
const Report = z.object({
  statistics: z.object({
    total: z.object({
      lines: z.int().min(0),
      sources: z.int().min(0),
      clones: z.int().min(0),
      duplicatedLines: z.int().min(0),
    }),
  }),
  duplicates: z.array(z.object({ lines: z.int(), firstFile: Place, secondFile: Place })),
});
type Clone = z.infer<typeof Report>['duplicates'][number];

export const jscpd = defineTool({
  id: 'jscpd',
  about: 'copied code, in any language jscpd reads, outside tests',
  needs: 'source files long enough to hold a copy',
  install: 'comes with nemesis',
  metrics: {
    duplication: {
      dimension: 'ratio',
      better: 'lower',
      about:
        'share of the lines of code that copy others, as jscpd counts them; files over 256 KiB are left out',
    },
  },
  location: {
    name: 'jscpd',
    brought: { package: 'jscpd', bin: 'jscpd' },
    useBrought: () => 'only',
  },
  kind: 'analyser',
  inPlay(project) {
    const declared = isDeclared(project);
    if (declared !== undefined) return { inPlay: true, because: declared };
    return project.files.some((file) => isCode(file) && isProductCode(file))
      ? { inPlay: true, because: 'brought by nemesis' }
      : { inPlay: false, why: 'no source code outside tests and samples' };
  },
  command,
  read: readReport,
  redact: onlyKnown(Report),
});

const isCode = (file: string): boolean => ENDINGS.has(path.extname(file).toLowerCase());

function command({ project, workDir }: CommandContext) {
  const own = readOwnConfig(project);
  if ('why' in own) return { instead: { state: 'bad_config' as const, why: own.why } };
  const { path: within, ...options } = own.config;
  const files = filesOf(project, own.config);
  if (!files.some((file) => hasLines(path.join(project.root, file), options.minLines))) {
    const why = 'no file is long enough to hold a copy';
    return { instead: { state: 'not_applicable' as const, why } };
  }
  return {
    argv: [
      ...['--reporters', 'json', '--output', workDir, '--silent', '--noTips', '--no-gitignore'],
      ...(within === undefined ? ['.'] : foldersWith(files, within)),
    ],
    cwd: path.join(workDir, FOLDER),
    mirror: { folder: FOLDER, files },
    inputs: { [`${FOLDER}/.jscpd.json`]: JSON.stringify({ ...LIMITS, ...options }) },
    report: 'jscpd-report.json',
  };
}

/** A project that says itself which files are compared is taken at its word; else its tests and samples are left out. */
function filesOf(project: Project, own: OwnConfig): string[] {
  const says = own.ignore !== undefined || own.path !== undefined || own.pattern !== undefined;
  return project.files.filter((file) => {
    // jscpd would take these for its configuration
    if (file === '.jscpd.json' || file === 'package.json' || LOCK_FILE.test(file)) return false;
    if (own.format === undefined && !isCode(file)) return false;
    if (says ? isWrittenElsewhere(file) : !isProductCode(file)) return false;
    const absolute = path.join(project.root, file);
    const stat = lstatSync(absolute, { throwIfNoEntry: false });
    if (stat?.isFile() !== true || stat.size > LARGEST_FILE_BYTES) return false;
    return !saysItIsGenerated(absolute);
  });
}

/** jscpd fails on a folder that is not there. */
function foldersWith(files: readonly string[], wanted: readonly string[]): string[] {
  const there = wanted
    .map((one) => path.posix.normalize(one).replace(/\/$/, ''))
    .filter((one) => one === '.' || files.some((file) => `${file}/`.startsWith(`${one}/`)));
  return there.length === 0 ? ['.'] : there.map((one) => `./${one}`);
}

function hasLines(file: string, least = MIN_LINES): boolean {
  try {
    return readFileSync(file, 'utf8').split('\n').length >= least;
  } catch {
    return false;
  }
}

function readReport(raw: RawRun, { project }: CommandContext): Reading<'duplication'> {
  const report = readJsonReport(raw.report, Report);
  if (!report.ok && report.state === 'no_report') {
    if (raw.exitCode === 0) {
      return { state: 'nothing_measured', why: 'jscpd found no file to compare' };
    }
    const said = complaintIn(raw.stderr || raw.stdout, raw.root);
    const why = said || `exit code ${raw.exitCode} and no word why`;
    const declared = isDeclared(project);
    return declared === undefined
      ? { state: 'crashed', why }
      : { state: 'bad_config', why: `${declared}: ${why}` };
  }
  if (!report.ok) return { state: report.state, why: report.why };
  const { statistics, duplicates } = report.value;
  const { lines, sources, clones, duplicatedLines } = statistics.total;
  if (sources === 0 || lines === 0) {
    return { state: 'nothing_measured', why: 'jscpd found no file to compare' };
  }
  if (clones !== duplicates.length) {
    const why = `its report lists ${counted(duplicates.length, 'clone')} and counts ${clones}`;
    return { state: 'bad_report', why };
  }
  return {
    state: duplicates.length === 0 ? 'clean' : 'findings',
    metrics: { duplication: Math.min(1, duplicatedLines / lines) },
    // The share is that of the whole; of a change, the copies it takes part in are named.
    findings: duplicates
      .filter(({ firstFile, secondFile }) =>
        [firstFile, secondFile].some(({ name }) => isConcerned(project, name)),
      )
      .sort((one, other) => other.lines - one.lines)
      .map(asFinding),
    summary: `${counted(clones, 'clone')}, ${duplicatedLines} of ${lines} lines`,
  };
}

/** The place is the one that comes later, where the copy most likely is. */
function asFinding({ lines, firstFile, secondFile }: Clone) {
  const inOrder = [firstFile, secondFile].sort((one, other) =>
    one.name < other.name ? -1 : one.name > other.name ? 1 : one.start - other.start,
  );
  const [original, copy] = inOrder as [Clone['firstFile'], Clone['firstFile']];
  return {
    tool: 'jscpd',
    rule: 'duplicate',
    severity: 'warning' as const,
    file: copy.name,
    line: copy.start,
    message: `${counted(lines, 'line')} as in ${original.name}:${original.start}`,
  };
}
