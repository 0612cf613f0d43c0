/** A repository with a protected branch, people with keys, and a release that waits for them. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandInput } from '../../../src/cli/commands/command.ts';
import type { History } from '../../../src/cli/history.ts';
import type { Promotion } from '../../../src/cli/promotion.ts';
import type { Rollouts } from '../../../src/cli/rollouts.ts';
import { admitOnce, approve, type Approved } from '../../../src/cli/stage-approval.ts';
import { DEFAULT_APPROVAL, type ApprovalPolicy } from '../../../src/config/approval.ts';
import type { JournalEvent } from '../../../src/history/journal.ts';
import type { JournalRecord, ReleaseRecord } from '../../../src/history/records.ts';
import { openMemory } from '../../../src/history/stores/memory.ts';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { boundOf } from '../../../src/pipeline/approval/bound.ts';
import { documentOf, type ApprovalDocument } from '../../../src/pipeline/approval/document.ts';
import type { Approval } from '../../../src/pipeline/approvals.ts';
import type { Progress } from '../../../src/pipeline/progress.ts';
import type { Plan } from '../../../src/rollout/plan.ts';

const PROGRAM = 'ssh-keygen';
/** Is it here? */
export const KEYGEN = spawnSync(PROGRAM, ['-?']).error === undefined;
export const NOW = Date.UTC(2026, 5, 15, 12);

export interface Keys {
  readonly folder: string;
  /** A signature over a text, by the key of that name. */
  sign(name: string, text: string, namespace?: string): string;
  public(name: string): string;
}

export function makeKeys(names: readonly string[]): Keys {
  const folder = mkdtempSync(path.join(tmpdir(), 'nemesis-keys-'));
  const keygen = (argv: readonly string[], input = '') =>
    execFileSync(PROGRAM, argv, {
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
  for (const name of names)
    keygen(['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path.join(folder, name)]);
  return {
    folder,
    sign: (name, text, namespace = 'nemesis-approval@pay') =>
      keygen(['-Y', 'sign', '-n', namespace, '-f', path.join(folder, name)], text),
    public: (name) =>
      readFileSync(path.join(folder, `${name}.pub`), 'utf8')
        .split(' ')
        .slice(0, 2)
        .join(' '),
  };
}

export interface Repository {
  readonly root: string;
  readonly stable: string;
  readonly commit: string;
  git(...argv: readonly string[]): string;
  remove(): void;
}

/** One release, then a change by kim, with lee beside her. */
export function makeRepository(signers: string): Repository {
  const root = mkdtempSync(path.join(tmpdir(), 'nemesis-approvals-'));
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...argv: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=kim', '-c', 'user.email=kim@example.org', ...argv], {
      ...{ cwd: root, env, encoding: 'utf8' },
    }).trim();
  const commit = (text: string, ...more: readonly string[]) => {
    writeFileSync(path.join(root, 'app.txt'), text);
    git('add', '-A');
    git(...more, 'commit', '-q', '-m', `${text}\n\nCo-authored-by: Lee <lee@example.org>`);
    return git('rev-parse', 'HEAD');
  };
  git('init', '-q', '.');
  writeFileSync(path.join(root, '.nemesis-signers'), signers);
  const stable = commit('one', '-c', 'user.name=bob', '-c', 'user.email=bob@example.org');
  git('update-ref', 'refs/remotes/origin/main', stable);
  commit('two', '-c', 'user.name=max', '-c', 'user.email=7+maxhub@users.noreply.github.com');
  const last = commit('three');
  const remove = () => rmSync(root, { recursive: true, force: true });
  return { root, stable, commit: last, git, remove };
}

export interface Scene {
  readonly release: ReleaseRecord;
  readonly plan: Plan;
  /** Asks whether it is approved, as a deployment does. */
  ask(more?: Partial<Asking>): Promise<Approved>;
  /** The one that waits, asked for where none does. */
  waiting(): Promise<Approval>;
  document(approval: Approval): ApprovalDocument;
  /** As somebody writes it who can write to the history. */
  write(record: JournalRecord, by: string, at?: number): Promise<JournalEvent>;
  refusals(): Promise<readonly { readonly by: string; readonly why: string }[]>;
  /** As a deployment does under its lease. @returns yes, or why not */
  admit(approval: Approval): Promise<string>;
  at(now: number): void;
}

interface Asking {
  readonly policy: Partial<ApprovalPolicy>;
  readonly plan: Partial<Plan>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly release: Partial<ReleaseRecord>;
  readonly root: string;
}

const progressOf = (release: ReleaseRecord): Progress => ({
  ...{ pipeline: 'p', release, startedAt: NOW, ended: undefined },
  gates: new Map(
    (['code', 'build', 'test', 'staging'] as const).map((gate) => {
      const accepts = gate === 'build' ? ['npm-audit: backend_unavailable'] : [];
      return [gate, { verdict: 'passed', at: NOW, reasons: [], accepts }] as const;
    }),
  ),
});

export function makeScene(
  { root, stable, commit }: Repository,
  environment: string,
  policy: Partial<ApprovalPolicy> = {},
): Scene {
  let now = NOW;
  const clock = { now: () => now, uptimeMs: () => now, boot: () => 'b' };
  const store = openMemory({ clock });
  const stream = { service: 'pay', environment };
  const release: ReleaseRecord = {
    ...{ version: '1.9.0', commit, committed_at: NOW },
    artifact: `sha256:${'9f'.repeat(32)}`,
  };
  const before = {
    ...release,
    version: '1.8.2',
    commit: stable,
    artifact: `sha256:${'1c'.repeat(32)}`,
  };
  const plan = {
    ...{ schema: 'nemesis.plan/1', service: 'pay', environment, strategy: 'rolling' },
    ...{ release, stable: before, steps: [], withoutTraffic: 'refuse', trialSpeed: null },
  } as unknown as Plan;
  const rollouts = (folder: string, env: NodeJS.ProcessEnv) => {
    const io = { env, now: () => now, signal: new AbortController().signal };
    const engine = () => Promise.resolve(createProcessEngine({ runId: 'test' }));
    const heads = { recall: () => undefined, remember: () => undefined };
    const session = { root: folder, loaded: { config: { environments: [] } } };
    const told = () => ({ kind: 'cannot_act', message: 'store' });
    const history = { service: 'pay', store, session, heads, told } as unknown as History;
    const input = { io, parts: { engine }, options: {}, operands: [] } as unknown as CommandInput;
    return { history, io, input, actor: 'robin' } as unknown as Rollouts;
  };
  const ask: Scene['ask'] = async (more = {}) => {
    const own = { ...release, ...more.release };
    const asked = {
      ...{ progress: progressOf(own), plan: { ...plan, release: own, ...more.plan } },
      ...{ policy: { ...DEFAULT_APPROVAL, ...policy, ...more.policy }, looksOnly: false },
    };
    const env = more.env ?? process.env;
    const promotion = { rollouts: rollouts(more.root ?? root, env), release: own, ask: undefined };
    const approved = await approve(promotion as unknown as Promotion, asked);
    if (!approved.ok) throw new Error(JSON.stringify(approved.failure));
    return approved.value;
  };
  let writes = 0;
  return {
    release,
    plan,
    ask,
    waiting: async () => (await ask()).approval,
    document: (approval) => documentOf(boundOf(plan, progressOf(release)), approval),
    async write({ type, body }, actor, at = now) {
      const id = `w${(writes += 1)}`;
      const added = await store.append(stream, [
        { id, type, at, actor, host: 'h', body: { ...body } },
      ]);
      if (!added.ok) throw new Error(added.failure.kind);
      return added.value[0]!;
    },
    async refusals() {
      const events = await store.newest(stream, ['approval_refused'], 500);
      if (!events.ok) throw new Error(events.failure.kind);
      return events.value.map(({ body }) => ({ by: String(body['by']), why: String(body['why']) }));
    },
    async admit(approval) {
      const admit = admitOnce(rollouts(root, process.env), approval, environment);
      const admitted = await admit(async (records) => {
        const drafts = records.map(({ type, body }) => ({
          ...{ id: `w${(writes += 1)}`, type, at: now, actor: 'ci', host: 'h' },
          body: { ...body },
        }));
        const added = await store.append(stream, drafts);
        return added.ok ? { ok: true, value: undefined } : added;
      });
      if (admitted.ok) return 'yes';
      const { failure } = admitted;
      return failure.kind === 'not_admitted' && 'message' in failure.failure
        ? failure.failure.message
        : failure.kind;
    },
    at: (time) => (now = time),
  };
}

/** Folder for keys that a test makes, gone with it. */
export function removed(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
