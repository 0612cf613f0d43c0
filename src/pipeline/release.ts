/** What is released: built once, named, and kept as it was measured, so that nothing else can be promoted. */

import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '../failure.ts';
import type { Given, ReleaseConfig } from '../config/environment.ts';
import type { ReleaseRecord } from '../history/records.ts';
import { askGit } from '../measure/git.ts';
import { artifactDigest } from '../rollout/artifact.ts';

export interface ReleaseRequest {
  readonly root: string;
  readonly stateDir: string;
  readonly config: ReleaseConfig;
  /** As the person names it; undefined: by the configuration, else by git. */
  readonly version: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs the declared build; what it says when it fails, undefined when it worked. */
  readonly build: (argv: readonly string[]) => Promise<string | undefined>;
}

export interface ReleaseProblem {
  /** `build`: the project's own build failed, which is an answer; the others are asked wrongly. */
  readonly kind: 'build' | 'asked_wrongly';
  readonly message: string;
  readonly help: string;
}

/** A release before anything is built. */
export interface NamedRelease extends Omit<ReleaseRecord, 'artifact'> {
  /** The work tree differs from the commit, or git cannot tell: what is built from it may be anything. */
  readonly isDirty: boolean;
}

/** What the release is called, and where it comes from. */
export async function nameRelease(
  request: Pick<ReleaseRequest, 'root' | 'config' | 'version' | 'env'>,
): Promise<Result<NamedRelease, ReleaseProblem>> {
  const { root } = request;
  const version = await versionOf(request);
  if (!version.ok) return version;
  const commit = (await askGit(root, 'rev-parse', '--verify', '--quiet', 'HEAD'))?.trim() || null;
  const seconds = Number((await askGit(root, 'log', '-1', '--format=%ct'))?.trim());
  const committed_at = commit !== null && seconds > 0 ? seconds * 1000 : null;
  const changed = await askGit(root, 'status', '--porcelain', '--', '.');
  return ok({ version: version.value, commit, committed_at, isDirty: changed !== '' });
}

/** Builds where a build is declared, and keeps a copy of what came out. */
export async function makeRelease(
  request: ReleaseRequest,
  { version, commit, committed_at }: NamedRelease,
): Promise<Result<ReleaseRecord, ReleaseProblem>> {
  const { config } = request;
  if (config.build !== undefined) {
    const failed = await request.build(config.build);
    if (failed !== undefined)
      return fail({ kind: 'build', message: failed, help: 'mend the build' });
  }
  const artifact = await keepArtifact(request);
  return artifact.ok ? ok({ version, commit, committed_at, artifact: artifact.value }) : artifact;
}

async function versionOf(
  request: Pick<ReleaseRequest, 'root' | 'config' | 'version' | 'env'>,
): Promise<Result<string, ReleaseProblem>> {
  const { root, config, env } = request;
  const given = request.version ?? valueOf(config.version, env);
  const described = async () =>
    (await askGit(root, 'describe', '--tags', '--always', '--dirty'))?.trim();
  const version = given ?? ((await described()) || packageVersion(root));
  if (version === undefined || version === '')
    return wrong('this release has no version', 'name it: nemesis deploy:pipeline 1.2.3');
  if (version.length > 200 || /[\p{Cc}\p{Cf}\s]/u.test(version))
    return wrong('the version is no name of one word', 'name it: nemesis deploy:pipeline 1.2.3');
  return ok(version);
}

function packageVersion(root: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where nothing is said; empty where the variable is not set. */
function valueOf(given: Given | undefined, env: ReleaseRequest['env']): string | undefined {
  return typeof given === 'object' ? (env[given.env] ?? '') : given;
}

const IMAGE_DIGEST = /^(?:[\w./:-]+@)?(sha256:[0-9a-f]{64})$/;

/** The digest; null where the configuration names no artifact. */
async function keepArtifact(
  request: ReleaseRequest,
): Promise<Result<string | null, ReleaseProblem>> {
  const { root, stateDir, config, env } = request;
  if (config.artifact === undefined) return ok(null);
  const named = valueOf(config.artifact, env) ?? '';
  if (typeof config.artifact === 'object') {
    const digest = IMAGE_DIGEST.exec(named)?.[1];
    if (digest !== undefined) return ok(digest);
    const { env: name } = config.artifact;
    return wrong(`${name} holds no digest of an image`, `set it to sha256:… of the image`);
  }
  const place = path.join(root, named);
  if (!existsSync(place)) {
    const help =
      config.build === undefined
        ? 'build it, or say how: release.build'
        : 'look at release.artifact';
    return wrong(`the artifact ${named} is not there`, help);
  }
  const digest = await artifactDigest(place);
  if (!digest.ok) return wrong(digest.failure.message, 'look at release.artifact');
  const kept = artifactPlace(stateDir, digest.value);
  if (!existsSync(kept)) {
    const draft = `${kept}.${process.pid}`;
    cpSync(place, draft, { recursive: true, verbatimSymlinks: true });
    renameSync(draft, kept);
  }
  const again = await artifactDigest(kept);
  if (again.ok && again.value === digest.value) return ok(digest.value);
  rmSync(kept, { recursive: true, force: true });
  return wrong(`the artifact ${named} changed while it was read`, 'run it again');
}

/** Where the copy of an artifact lies; it may be absent, on a machine that has not built it. */
export function artifactPlace(stateDir: string, digest: string): string {
  return path.join(stateDir, 'artifacts', digest.replace(/^sha256:/, '').slice(0, 32));
}

function wrong(message: string, help: string): Result<never, ReleaseProblem> {
  return fail({ kind: 'asked_wrongly', message, help });
}
