/**
 * The real tools, run once more on what the fixtures were captured from: a case with an `input/` folder is that
 * project. What is read of the fresh output must be what was read of the captured one, by the same version.
 * `UPDATE_FIXTURES=1` captures anew (`meta.json` may then be `{}`); cases without `input/` were cut or bent by hand
 * and say so in their `command`.
 */

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { locateTool } from '../../../src/measure/locate.ts';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { readOutputs } from '../../../src/measure/outputs.ts';
import { readProject, type Project } from '../../../src/measure/project.ts';
import type { CommandContext, RawRun, ToolRunner } from '../../../src/measure/tool.ts';
import { tools } from '../../../src/measure/tools/index.ts';
import { layInputs } from '../../../src/measure/work-folder.ts';
import { SYSTEM_PATH, TOOLS_FOLDER } from '../process/system-path.ts';
import { fixturesIn, ROOT, type FixtureMeta } from './support.ts';

const FOLDER = path.join(import.meta.dirname, '../../fixtures/tools');
const INSTALLED = path.join(import.meta.dirname, '../../../node_modules');
const UPDATE = process.env['UPDATE_FIXTURES'] === '1';

const runners = (tools as readonly object[]).filter(
  (runner): runner is ToolRunner => 'spec' in runner,
);
const cases = fixturesIn(FOLDER)
  .map(({ tool, name }) => ({ tool, name, folder: path.join(FOLDER, tool, name) }))
  .filter(({ folder }) => existsSync(path.join(folder, 'input')));

const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-recorded-')));
const engine = createProcessEngine();
afterAll(async () => {
  await engine.close();
  rmSync(scratch, { recursive: true, force: true });
});

describe.each([...new Set(cases.map(({ tool }) => tool))])('%s', (id) => {
  const runner = runners.find((one) => one.id === id)!;
  const found = isInstalled(runner);
  const own = cases.filter(({ tool }) => tool === id);
  test.skipIf(!found).each(own)('$name is what the installed tool still says', async (one) => {
    const meta = readMeta(one.folder);
    const project = await projectIn(path.join(scratch, id, one.name), one.folder, meta);
    const fresh = await runAgain(runner, project);
    if (UPDATE) return capture(one.folder, runner, meta, fresh);
    const expected = JSON.parse(
      readFileSync(path.join(one.folder, 'expected.json'), 'utf8'),
    ) as unknown;
    expect(runner.spec.read(fresh.raw, fresh.context)).toEqual(expected);
    expect(fresh.raw.exitCode).toBe(meta.exitCode);
    expect(fresh.version ?? meta.version).toBe(meta.version);
  });
});

function isInstalled({ spec }: ToolRunner): boolean {
  const bare = {
    path: SYSTEM_PATH,
    dependencies: new Set(),
    installed: false,
  } as unknown as Project;
  const brought = { ...spec.location, useBrought: () => 'fallback' as const };
  return locateTool(brought, { ...bare, path: `${INSTALLED}/.bin:${SYSTEM_PATH}` }).found;
}

function readMeta(folder: string): FixtureMeta {
  return JSON.parse(readFileSync(path.join(folder, 'meta.json'), 'utf8')) as FixtureMeta;
}

async function projectIn(root: string, folder: string, meta: FixtureMeta): Promise<Project> {
  mkdirSync(root, { recursive: true });
  cpSync(path.join(folder, 'input'), root, { recursive: true });
  assemble(root);
  if (meta.alone !== true) symlinkSync(INSTALLED, path.join(root, 'node_modules'));
  return readProject({
    root,
    repositoryTop: undefined,
    env: { PATH: SYSTEM_PATH, HOME: scratch },
    suites: {},
    secrets: [],
    ownBinDirs: [],
  });
}

/** A secret is written with `{{+}}` in it, so that no scanner of this repository takes it for one. */
function assemble(root: string): void {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8');
    if (text.includes('{{+}}')) writeFileSync(file, text.replaceAll('{{+}}', ''));
  }
}

interface Fresh {
  readonly raw: RawRun;
  readonly context: CommandContext;
  readonly version: string | undefined;
  readonly argv: readonly string[];
}

/** The run itself, without the judgement that follows it, and the folder's name as the fixtures have it. */
async function runAgain({ spec }: ToolRunner, project: Project): Promise<Fresh> {
  const workDir = path.join(project.root, '.nemesis', 'reports', spec.id);
  mkdirSync(workDir, { recursive: true });
  const tool = locateTool(spec.location, project);
  if (!tool.found) throw new Error(`${spec.id} is not found in its own project`);
  const command = spec.command({ project, workDir, tool });
  if ('instead' in command) throw new Error(`${spec.id} is not started: ${command.instead.why}`);
  layInputs(command, project, workDir);
  const signal = new AbortController().signal;
  const outcome = await engine.run(
    {
      file: tool.file,
      argv: [...tool.leadingArgv, ...command.argv],
      cwd: path.resolve(project.root, command.cwd ?? '.'),
      env: { ...project.environment(spec.kind), ...command.env },
      timeoutMs: 120_000,
      outputCapBytes: 64 * 1024 * 1024,
      outputDir: workDir,
    },
    signal,
  );
  if (outcome.end.kind !== 'exited') throw new Error(`${spec.id} ${outcome.end.kind}`);
  const outputs = readOutputs(outcome, command, {
    workDir,
    outputCapBytes: 64 * 1024 * 1024,
  } as Parameters<typeof readOutputs>[2]);
  if (!outputs.ok) throw new Error(outputs.why);
  const renamed = JSON.parse(
    JSON.stringify(outputs.value, (_, value: unknown) =>
      typeof value === 'string' ? asRecorded(value, project) : value,
    ),
  ) as typeof outputs.value;
  return {
    raw: { exitCode: outcome.end.code, root: ROOT, ...renamed },
    context: {
      project: { ...project, root: ROOT },
      workDir: workDir.replace(project.root, ROOT),
      tool,
    },
    version: tool.version ?? saidVersion(tool.file, project),
    argv: [spec.location.name, ...command.argv].map((word) => asRecorded(word, project)),
  };
}

/** The folders of the project and of nemesis under the names that fixtures give them. */
function asRecorded(text: string, project: Project): string {
  return text
    .replaceAll(project.root, ROOT)
    .replaceAll(path.dirname(INSTALLED), '/nemesis')
    .replaceAll(TOOLS_FOLDER, '/tools');
}

function saidVersion(file: string, project: Project): string | undefined {
  const { stdout } = spawnSync(file, ['--version'], {
    env: project.environment('analyser'),
    encoding: 'utf8',
  });
  return /\d+\.\d+(\.\d+)?\S*/.exec(stdout)?.[0];
}

/** Writes the case anew from what the tool has just said. */
function capture(folder: string, { spec }: ToolRunner, meta: FixtureMeta, fresh: Fresh): void {
  const { raw, context, argv } = fresh;
  const write = (name: string, text: string | undefined) => {
    if (text !== undefined) writeFileSync(path.join(folder, name), text);
  };
  write('stdout', raw.stdout);
  write('stderr', raw.stderr);
  const published = (text: string | undefined) =>
    meta.redacted === true && text !== undefined ? spec.redact?.(text) : text;
  for (const [name, text] of Object.entries(raw.files)) write(name, published(text));
  write('expected.json', `${JSON.stringify(spec.read(raw, context), null, 2)}\n`);
  const told = {
    ...meta,
    command: argv.join(' '),
    version: fresh.version ?? meta.version ?? '?',
    exitCode: raw.exitCode,
    from: context.tool.from,
  };
  write('meta.json', `${JSON.stringify(told, null, 2)}\n`);
}
