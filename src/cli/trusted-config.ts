/**
 * `--trusted-config REF`: gates, configuration, waivers and baseline as a protected ref has them, so that a change
 * cannot loosen the gates it has to pass; and what it would loosen, said openly.
 */

import path from 'node:path';
import { fail, ok, type Result } from '../failure.ts';
import { createCatalogue } from '../judge/catalogue.ts';
import type { ConfigChange } from '../judge/loosening.ts';
import { readBaseline } from '../config/baseline-file.ts';
import type { Config } from '../config/config.ts';
import { configChanges } from '../config/config-changes.ts';
import { CONFIG_PLACES, findRoot, holdsOurKey } from '../config/find.ts';
import { loadConfig } from '../config/load.ts';
import { createLook, type Look } from '../config/look.ts';
import { committedFiles, type CommittedFiles } from './committed-files.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { openSession, type Session } from './session.ts';
import { usage } from './store-failure.ts';

/** Each round finds what the files of the round before name; configurations extend each other five deep. */
const MOST_ROUNDS = 20;

export async function openTrusted(
  io: Io,
  parts: Parts,
  cwd: string | undefined,
  ref: string,
): Promise<Result<Session>> {
  const own = await openSession(io, parts, cwd);
  if (!own.ok) return own;
  const { repositoryTop } = own.value;
  const files = repositoryTop === undefined ? undefined : await committedFiles(repositoryTop, ref);
  if (repositoryTop === undefined || files === undefined) {
    const shown = ref.slice(0, 80);
    return fail({
      ...usage(
        `--trusted-config: there is no commit \`${shown}\` here`,
        'name a branch, tag or commit',
      ),
      help: [
        'name a branch, tag or commit that this clone has: origin/main',
        'a shallow clone holds only the newest commit: git fetch --depth=1 origin main, then FETCH_HEAD',
      ],
    });
  }
  const trusted = await readAll(path.resolve(io.cwd, cwd ?? '.'), repositoryTop, files, io, parts);
  if (!trusted.ok) return trusted;
  const baseline = readBaseline(own.value.root);
  if (!baseline.ok) return baseline;
  const { root, loaded, look } = trusted.value;
  const sources = [...(await parts.sources()), ...loaded.config.custom];
  const changes = [
    ...configChanges(
      { ...loaded, baseline: trusted.value.baseline },
      { ...own.value.loaded, baseline: baseline.value },
      createCatalogue(sources),
    ),
    ...(root === own.value.root
      ? []
      : [{ kind: 'changes', text: rootText(own.value.root, root) } as const]),
    ...manifestChanges(root, look, loaded.config.packages),
  ];
  const config = {
    ...loaded.config,
    describedAs: `${loaded.config.describedAs} of ${ref} (${files.commit.slice(0, 10)})`,
  };
  return ok({
    ...own.value,
    root,
    stateDir: path.join(root, '.nemesis'),
    loaded: { ...loaded, config },
    trusted: { ref, commit: files.commit, changes, baseline: trusted.value.baseline },
  });
}

const rootText = (own: string, root: string) =>
  `the configuration lies in another folder: ${path.relative(root, own) || '.'}`;

/** Reads until nothing more is named; what went wrong in the last round is what is wrong. */
async function readAll(
  folder: string,
  repositoryTop: string,
  files: CommittedFiles,
  io: Io,
  parts: Parts,
) {
  const sources = await parts.sources();
  const catalogue = createCatalogue(sources);
  for (let round = 0; ; round += 1) {
    const look = createLook(files.sight);
    const { root } = findRoot(folder, (at) => hasConfigIn(at, look));
    const load = loadConfig({
      ...{ root, repositoryTop, packageRoot: parts.packageRoot, catalogue, look },
      runnerIds: sources.map(({ id }) => id),
      now: io.now(),
      ...(parts.shipped && { kept: parts.shipped() }),
    });
    const baseline = readBaseline(root, look);
    for (const name of MANIFESTS) look(path.join(root, name));
    if ((await files.fetch()) && round < MOST_ROUNDS) continue;
    if (!load.ok) return fail({ kind: 'bad_input' as const, diagnostics: load.diagnostics });
    if (!baseline.ok) return baseline;
    return ok({ root, loaded: load.value, baseline: baseline.value, look });
  }
}

function hasConfigIn(folder: string, look: Look): boolean {
  return CONFIG_PLACES.some((name) => {
    const sight = look(path.join(folder, name));
    if (name !== 'package.json') return sight.kind !== 'absent';
    return sight.kind === 'file' && holdsOurKey(sight.bytes.toString('utf8'));
  });
}

const MANIFESTS = ['package.json', 'package-lock.json'];

/** What runs and is installed comes from the work tree: where it is another, it is said. */
function manifestChanges(
  root: string,
  trusted: Look,
  shared: Config['packages'],
): readonly ConfigChange[] {
  const own = createLook();
  const [before, now] = [trusted, own].map((look) => jsonAt(path.join(root, 'package.json'), look));
  const scripts = changed(before?.['scripts'], now?.['scripts']).map(
    ([name, from, to]): ConfigChange => ({
      kind: 'changes',
      text: `script ${name}: ${from} → ${to}`,
      at: 'package.json',
    }),
  );
  const [locked, lockedNow] = [trusted, own].map((look) =>
    jsonAt(path.join(root, 'package-lock.json'), look),
  );
  const packages = changed(versions(locked), versions(lockedNow))
    .filter(([name]) => isTool(name, before))
    .map(([name, from, to]): ConfigChange => ({
      kind: 'changes',
      text: `${name}: ${from} → ${to}`,
      at: 'package-lock.json',
    }));
  const [then, today] = [versions(locked), versions(lockedNow)];
  const unlocked = shared
    .filter(({ name }) => !isSealed(then[name]) || !isSealed(today[name]))
    .map(({ name, version }): ConfigChange => ({
      kind: 'changes',
      text: `gates of ${[name, version].filter(Boolean).join(' ')} are read as they are installed here, and cannot be compared: no package-lock.json of both sides says what they hold`,
      at: `node_modules/${name}`,
    }));
  return [...scripts, ...packages, ...unlocked];
}

/** A version alone, or a link, says nothing of what lies there. */
const isSealed = (locked: unknown): boolean =>
  typeof locked === 'string' && /\bsha\d+-/.test(locked);

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

function jsonAt(file: string, look: Look): Json | undefined {
  const sight = look(file);
  if (sight.kind !== 'file') return undefined;
  try {
    const parsed: unknown = JSON.parse(sight.bytes.toString('utf8').replace(/^\ufeff/, ''));
    return isJson(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Version and integrity by package name, of those that lie at the top of node_modules. */
function versions(lock: Json | undefined): Json {
  const packages = lock?.['packages'];
  return Object.fromEntries(
    Object.entries(isJson(packages) ? packages : {}).flatMap(([place, entry]) => {
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1];
      if (name === undefined || !isJson(entry)) return [];
      const { version, integrity } = entry;
      return [[name, [version, integrity].filter((one) => typeof one === 'string').join(' ')]];
    }),
  );
}

/** What the project asks for itself: its tools and its shared gates are among it. */
function isTool(name: string, manifest: Json | undefined): boolean {
  return ['devDependencies', 'dependencies'].some((key) => {
    const asked = manifest?.[key];
    return isJson(asked) && Object.hasOwn(asked, name);
  });
}

function changed(before: unknown, now: unknown): readonly (readonly [string, string, string])[] {
  const [old, next] = [isJson(before) ? before : {}, isJson(now) ? now : {}];
  const word = (value: unknown) => (typeof value === 'string' ? value : 'none');
  return [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .map((name) => [name, word(old[name]), word(next[name])] as const)
    .filter(([, from, to]) => from !== to);
}
