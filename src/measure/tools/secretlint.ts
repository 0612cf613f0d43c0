/**
 * secretlint over the files of the project, with its recommended rules unless the project has its own. Its report
 * holds every scanned file in clear text, masked or not: none of that is read or kept. With `--output` it exits 0
 * even when it found something.
 */

import { lstatSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { isConcerned } from '../concerned.ts';
import type { Project } from '../project.ts';
import {
  defineTool,
  runTool,
  type CommandContext,
  type RawRun,
  type Reading,
  type ToolRunner,
} from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { measureEach } from './each-part.ts';
import { onlyKnown, readJsonReport } from './json-report.ts';
import { SECRET_METRICS, secretsFound, type SecretMetric } from './secrets.ts';

const CONFIGS = ['', '.json', '.yaml', '.yml', '.js', '.cjs', '.mjs'].map(
  (ending) => `.secretlintrc${ending}`,
);
const NOT_TEXT = new Set(
  `.png .jpg .jpeg .gif .webp .avif .ico .bmp .tiff .psd .pdf .woff .woff2 .ttf .otf .eot .mp3 .mp4
   .ogg .wav .webm .mov .avi .zip .gz .tgz .bz2 .xz .zst .7z .rar .tar .jar .war .wasm .so .dylib
   .dll .exe .bin .o .a .pyc .class .db .sqlite .lockb`.split(/\s+/),
);
/** Hashes by the thousand, and no place where anyone writes a secret. */
const LOCK_FILES =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.sum|[^/]+\.lock)$/;
const LARGEST_FILE_BYTES = 1024 * 1024;
/** Bytes of file names in one command: well under what Linux (2 MiB) and macOS (1 MiB) allow. */
const LARGEST_BATCH_BYTES = 384 * 1024;

/** https://github.com/secretlint/secretlint: `sourceContent`, `message` and `data` are left out on purpose. */
const Report = z.array(
  z.object({
    filePath: z.string(),
    messages: z.array(
      z.object({
        ruleId: z.string(),
        messageId: z.string(),
        loc: z.object({ start: z.object({ line: z.int(), column: z.int() }) }),
      }),
    ),
  }),
);

const single = defineTool({
  id: 'secretlint',
  about: 'secrets in the files of the project, where there is no gitleaks',
  needs: 'files, and no gitleaks',
  install: 'npm install --save-dev secretlint @secretlint/secretlint-rule-preset-recommend',
  metrics: SECRET_METRICS,
  location: {
    name: 'secretlint',
    brought: { package: 'secretlint', bin: 'secretlint' },
    useBrought: (project) => (declaredBy(project) === undefined ? 'only' : 'never'),
  },
  kind: 'analyser',
  perFile: true,
  inPlay: (project) => ({
    inPlay: true,
    because: declaredBy(project) ?? 'brought by nemesis: secrets are scanned in every repository',
  }),
  command: (context) => command(context, scannable(context.project)),
  read: readReport,
  redact: onlyKnown(Report),
});

export const secretlint: ToolRunner = {
  ...single,
  measure: (context) =>
    measureEach(context, {
      parts: batches(scannable(context.project)),
      label: (files) => `${files.length} files from ${files[0]} on`,
      run: (files, one) =>
        runTool({ ...single.spec, command: (forCommand) => command(forCommand, files) }, one),
      join: (measured) =>
        secretsFound(
          measured.flatMap(({ findings }) => findings),
          declaredBy(context.project) !== undefined,
        ),
    }),
};

function declaredBy(project: Project): string | undefined {
  const config = project.find(CONFIGS);
  if (config !== undefined) return config;
  return project.manifest?.['secretlint'] === undefined ? undefined : 'package.json secretlint';
}

/** Names are handed over one by one, so that `[id].ts` is no pattern and a committed, ignored `.env` is scanned. */
function command({ workDir, tool }: CommandContext, files: readonly string[]) {
  if (files.length === 0) {
    const why = 'no text file to scan';
    return { instead: { state: 'nothing_measured' as const, why } };
  }
  const brought = tool.from === 'nemesis';
  const literal = Number(tool.version?.split('.')[0] ?? 13) >= 13;
  return {
    argv: [
      ...['--format', 'json', '--output', path.join(workDir, 'report.json')],
      ...(brought ? ['--secretlintrc', path.join(workDir, 'rules.json')] : []),
      ...(literal ? ['--no-glob', '--no-gitignore', ...files.map(named)] : ['**/*']),
    ],
    report: 'report.json',
    ...(brought ? { inputs: { 'rules.json': JSON.stringify(ownRules()) } } : {}),
  };
}

/** No file name is taken for a flag. */
function named(file: string): string {
  return file.startsWith('-') ? `./${file}` : file;
}

/** By path, because secretlint looks rules up from where itself is installed. */
function ownRules(): object {
  const require = createRequire(import.meta.url);
  return { rules: [{ id: require.resolve('@secretlint/secretlint-rule-preset-recommend') }] };
}

/** Files that are there, are text by their name, and no link. */
function scannable(project: Project): string[] {
  return (project.concerned ?? project.files).filter((file) => {
    if (NOT_TEXT.has(path.extname(file).toLowerCase()) || LOCK_FILES.test(file)) return false;
    const stat = lstatSync(path.join(project.root, file), { throwIfNoEntry: false });
    return stat?.isFile() === true && stat.size <= LARGEST_FILE_BYTES;
  });
}

function batches(files: readonly string[]): string[][] {
  const all: string[][] = [[]];
  let bytes = 0;
  for (const file of files) {
    const size = Buffer.byteLength(file) + 16;
    if (bytes + size > LARGEST_BATCH_BYTES) {
      all.push([]);
      bytes = 0;
    }
    bytes += size;
    all.at(-1)?.push(file);
  }
  return all;
}

function readReport(raw: RawRun, { project, tool }: CommandContext): Reading<SecretMetric> {
  const report = readJsonReport(raw.report, Report);
  if (!report.ok && report.state === 'no_report' && raw.exitCode !== 0) {
    const why = complaintIn(raw.stderr, raw.root) || `exit code ${raw.exitCode} and no word why`;
    return { state: raw.exitCode === 2 && tool.from !== 'nemesis' ? 'bad_config' : 'crashed', why };
  }
  if (!report.ok) return { state: report.state, why: report.why };
  if (report.value.length === 0) {
    return { state: 'nothing_measured', why: 'secretlint scanned no file' };
  }
  const files = new Set(project.files);
  return secretsFound(
    report.value
      .map(({ filePath, messages }) => ({ file: relativeTo(raw.root, filePath), messages }))
      .filter(({ file }) => project.filesCut || files.has(file))
      .filter(({ file }) => isConcerned(project, file))
      .flatMap(({ file, messages }) =>
        messages.map(({ ruleId, messageId, loc: { start } }) => ({
          tool: 'secretlint',
          rule: ruleId,
          file,
          line: start.line,
          column: start.column + 1,
          message: `looks like a secret: ${messageId}`,
        })),
      ),
    declaredBy(project) !== undefined,
  );
}
