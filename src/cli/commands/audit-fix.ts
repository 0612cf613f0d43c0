/** `nemesis audit:fix`: patch versions of npm packages with holes, tried with the unit tests, taken back when they fail. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fail, ok, type Failure, type Result } from '../../failure.ts';
import { askGit } from '../../measure/git.ts';
import type { Project } from '../../measure/project.ts';
import { harmless } from '../../report/text.ts';
import { changeLock, forgetKept, LOCK, restoreKept } from '../audit-fix/kept.ts';
import { npmOf, type Npm } from '../audit-fix/npm.ts';
import { planPatches, type PatchPlan } from '../audit-fix/plan-patches.ts';
import type { Ending } from '../exit.ts';
import { interruptedOr } from '../history.ts';
import type { Io } from '../io.ts';
import { performCheck } from '../perform-check.ts';
import { openSession, projectOf, runnersOf, type Session } from '../session.ts';
import { clearLeftovers } from '../run-folder.ts';
import { makeStateDir } from '../state-dir.ts';
import { failed, usage } from '../store-failure.ts';
import { textOption, type CommandInput, type RunCommand } from './command.ts';

const AUDIT = 'npm-audit';
/** For real, whatever `.npmrc` says: what is tried has to be what is installed. */
const INSTALL = ['ci', '--dry-run=false', '--offline=false'];

export const run: RunCommand = async (input) => {
  const { io, parts, options } = input;
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return failed(session.failure);
  const made = makeStateDir(session.value.stateDir);
  if (!made.ok) return failed(made.failure);
  clearLeftovers(session.value.stateDir, io.now());
  const project = await projectOf(session.value, io, parts);
  const engine = await parts.engine(`audit-fix-${process.pid}-${io.now()}`);
  try {
    const npm = npmOf(project, engine, session.value.stateDir);
    const back = await takeBack(session.value, npm, io);
    if (!back.ok) return failed(back.failure);
    const refused = await refusal(session.value, project);
    if (refused !== undefined) return failed(refused);
    const planned = await plan(input, session.value, project, npm);
    if (!planned.ok) return interruptedOr(failed(planned.failure), io);
    io.out(planText(planned.value));
    const { lock } = planned.value;
    if (lock === undefined || options['plan'] === true) return { kind: 'yes' };
    const agreed = await isAgreed(input);
    if (!agreed.ok) return failed(agreed.failure);
    if (!agreed.value) return failed({ kind: 'cannot_act', message: 'nothing was changed' });
    return interruptedOr(await apply(input, session.value, npm, lock), io);
  } finally {
    await engine.close();
  }
};

/** What a run that was ended has left half done. */
async function takeBack(session: Session, npm: Npm, io: Io): Promise<Result<void>> {
  const { root, stateDir } = session;
  const kept = await restoreKept(root, stateDir);
  switch (kept.kind) {
    case 'none':
      return ok(undefined);
    case 'busy':
      return fail({
        kind: 'cannot_act',
        message: `another audit:fix is at work, process ${kept.pid}`,
      });
    case 'changed': {
      const message = `an audit:fix was ended before, and ${LOCK} was changed since`;
      const help = [`how it was: ${kept.file}`, 'take what you need, and remove the folder'];
      return fail({ kind: 'cannot_act', message, help });
    }
    case 'adopted':
      forgetKept(stateDir);
      io.err(`${LOCK} stays as the audit:fix that was ended has left it: git has it so by now\n`);
      if (kept.installed) io.err('what is installed may be from before it; run npm ci\n');
      return ok(undefined);
    case 'restored': {
      const installed = kept.installed ? await npm.run(root, INSTALL) : ok(undefined);
      forgetKept(stateDir);
      io.err(`${LOCK} is again as before the audit:fix that was ended\n`);
      if (!installed.ok) io.err(`${installed.failure}; run npm ci\n`);
      return ok(undefined);
    }
  }
}

async function refusal(session: Session, project: Project): Promise<Failure | undefined> {
  const { agents } = session.loaded;
  if (!agents.some(({ autoFix }) => autoFix?.includes(AUDIT) === true))
    return usage('no gate allows it', 'write `auto_fix: patch_only` beside `command: npm audit`');
  const cannot = (message: string, help: string): Failure => ({
    kind: 'cannot_act',
    message,
    help: [help],
  });
  if (project.manifest === undefined || !existsSync(path.join(session.root, LOCK)))
    return cannot(
      `there is no ${LOCK} here`,
      'packages of Python and of other managers are changed by hand',
    );
  if (project.manifest.workspaces !== undefined)
    return cannot(
      'lock files of workspaces are not changed',
      'npm audit fix, and look at what it changes',
    );
  const status = await askGit(session.root, 'status', '--porcelain', '--', LOCK, 'package.json');
  if (status === undefined)
    return cannot('git cannot tell whether the lock file is clean', 'run it in a repository');
  if (status.trim() !== '')
    return cannot(`${LOCK} or package.json is not as committed`, 'commit or stash it first');
  return undefined;
}

async function plan(
  { io, parts }: CommandInput,
  session: Session,
  project: Project,
  npm: Npm,
): Promise<Result<PatchPlan>> {
  const runner = (await runnersOf(session, parts)).find(({ id }) => id === AUDIT)!;
  const engine = await parts.engine(`audit-fix-plan-${process.pid}-${io.now()}`);
  const { config } = session.loaded;
  try {
    const measured = await runner.measure({
      ...{ project, engine, signal: io.signal, earlier: new Map() },
      workDir: path.join(session.stateDir, 'tmp', `audit-fix-${process.pid}`),
      ...{ timeoutMs: config.timeoutMs, outputCapBytes: config.outputCapBytes },
    });
    if (measured.state !== 'clean' && measured.state !== 'findings') {
      const message = measured.why ?? 'npm audit could not measure';
      return fail({ kind: 'cannot_act', message });
    }
    const planned = await planPatches(session.root, measured.findings, npm, io.signal);
    return io.signal.aborted ? fail({ kind: 'cannot_act', message: 'interrupted' }) : ok(planned);
  } finally {
    await engine.close();
  }
}

function planText({ patches, left }: PatchPlan): string {
  const lines = [
    ...patches.map(({ package: name, from, to }) => `change  ${name} ${from} to ${to}`),
    ...left.map(({ package: name, why }) => `leave   ${name}: ${why}`),
  ];
  return lines.length === 0 ? 'no hole is known\n' : `${lines.map(harmless).join('\n')}\n`;
}

/** Standard input and standard error have to be a terminal for somebody to be asked. */
async function isAgreed({ io, options }: CommandInput): Promise<Result<boolean>> {
  if (options['yes'] === true) return ok(true);
  if (!io.errIsTerminal || !process.stdin.isTTY || io.env['CI'])
    return fail(usage('nobody can be asked here', 'look with --plan, then add --yes'));
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`change ${LOCK}? type yes: `, { signal: io.signal });
    return ok(answer.trim() === 'yes');
  } catch {
    return ok(false);
  } finally {
    asking.close();
  }
}

async function apply(
  { io, parts, options }: CommandInput,
  session: Session,
  npm: Npm,
  lock: string,
): Promise<Ending> {
  const { root, stateDir } = session;
  const installed = existsSync(path.join(root, 'node_modules'));
  changeLock(root, stateDir, lock, installed);
  const tried = await tryIt({ io, parts, options, operands: [] }, session, npm, installed);
  if (tried === undefined) {
    forgetKept(stateDir);
    io.out(`${LOCK} is changed, and the unit tests pass\n`);
    return { kind: 'yes' };
  }
  const back = await restoreKept(root, stateDir);
  if (back.kind !== 'restored')
    return failed({
      kind: 'rollback_failed',
      message: `${tried}; ${LOCK} was changed meanwhile`,
      help: ['see .nemesis/audit-fix'],
    });
  const again = installed ? await npm.run(root, INSTALL) : ok(undefined);
  forgetKept(stateDir);
  const help = again.ok ? [] : [`${again.failure}; run npm ci`];
  return failed({ kind: 'rolled_back', message: `${tried}, so ${LOCK} is as before`, help });
}

/** Undefined where the tests pass with it; else why it does not stay. No tests are no proof. */
async function tryIt(
  { io, parts, options }: CommandInput,
  session: Session,
  npm: Npm,
  installed: boolean,
): Promise<string | undefined> {
  if (installed) {
    const ci = await npm.run(session.root, INSTALL, io.signal);
    if (!ci.ok) return ci.failure;
  }
  const asked = { cwd: textOption(options, 'cwd'), gates: ['test'], only: ['unit'], quiet: true };
  const silent = () => Promise.resolve({ on: () => undefined, close: () => undefined });
  const checked = await performCheck(asked, session, io, parts, silent);
  if (!checked.ok) return 'the unit tests could not be run';
  const unit = checked.value.runners.find(({ id }) => id === 'unit')?.measurement;
  if (unit?.state === 'clean') return undefined;
  const why = unit?.summary ?? unit?.why ?? unit?.state ?? 'there are none';
  return unit?.state === 'findings'
    ? `the unit tests fail (${why})`
    : `no unit test has shown that it works (${why})`;
}
