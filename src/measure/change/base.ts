/**
 * Where a change begins: what may say so, in the order it is believed. Pure; `find-base.ts` asks git.
 *
 * 1. the person (`--base`), 2. the CI system, 3. the branch that this one left, 4. the last good release.
 */

type Env = Readonly<Record<string, string | undefined>>;

/** Something that names a commit or a branch to compare with. */
export interface BaseHint {
  /** Tried in this order: `refs/remotes/origin/main`, `main`. Never begins with a dash. */
  readonly refs: readonly string[];
  /** For people: `GITHUB_BASE_REF main`. */
  readonly by: string;
  /** The commit itself and not where the two parted: what a push replaces. */
  readonly exact?: true;
}

/**
 * What it says of the request that is built, else of the push. Never both: where the branch a request goes to is out of
 * reach, what the last push replaced would be a base that nobody means.
 *
 * @param event the JSON of GITHUB_EVENT_PATH, undefined where there is none that can be read
 */
export function hintsOfCi(env: Env, event: unknown): readonly BaseHint[] {
  const ofRequest = known([
    branch(env, 'GITHUB_BASE_REF'),
    commit('github.event.merge_group.base_sha', textIn(event, 'merge_group', 'base_sha')),
    fromVariable(env, 'CI_MERGE_REQUEST_DIFF_BASE_SHA'),
    branch(env, 'CI_MERGE_REQUEST_TARGET_BRANCH_NAME'),
    branch(env, 'BITBUCKET_PR_DESTINATION_BRANCH'),
    branch(env, 'SYSTEM_PULLREQUEST_TARGETBRANCH'),
    branch(env, 'CHANGE_TARGET'),
    branch(env, 'BUILDKITE_PULL_REQUEST_BASE_BRANCH'),
    branch(env, 'DRONE_TARGET_BRANCH', env['DRONE_PULL_REQUEST']),
    branch(env, 'CI_TARGET_BRANCH', env['CI_PIPELINE_EVENT']),
    branch(env, 'TRAVIS_BRANCH', env['TRAVIS_PULL_REQUEST']),
    branch(env, 'APPVEYOR_REPO_BRANCH', env['APPVEYOR_PULL_REQUEST_NUMBER']),
  ]);
  if (ofRequest.length > 0) return ofRequest;
  return known([
    commit('github.event.before', textIn(event, 'before')),
    fromVariable(env, 'CI_COMMIT_BEFORE_SHA'),
    fromVariable(env, 'GIT_PREVIOUS_SUCCESSFUL_COMMIT'),
  ]);
}

/** The branches a team calls its own, the remote's choice first. */
export const DEFAULT_BRANCHES: readonly string[] = [
  'refs/remotes/origin/HEAD',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'refs/heads/main',
  'refs/heads/master',
  'refs/heads/trunk',
];

/** What a person may write is a branch, a tag or a commit; undefined when it can be none. */
export function askedHint(ref: string): BaseHint | undefined {
  return isRef(ref)
    ? { refs: [ref, `refs/remotes/origin/${ref}`], by: `--base ${ref}` }
    : undefined;
}

const known = (hints: readonly (BaseHint | undefined)[]): readonly BaseHint[] =>
  hints.filter((hint) => hint !== undefined);

/** `onlyIf`: in a build of a branch some systems set the same variable to that branch itself. */
function branch(
  env: Env,
  variable: string,
  onlyIf: string | undefined = 'yes',
): BaseHint | undefined {
  const value = env[variable]?.replace(/^refs\/heads\//, '');
  const isRequest = onlyIf !== '' && onlyIf !== 'false' && onlyIf !== 'push';
  if (value === undefined || !isRequest || !isRef(value)) return undefined;
  return {
    refs: [`refs/remotes/origin/${value}`, `refs/heads/${value}`],
    by: `${variable} ${value}`,
  };
}

function fromVariable(env: Env, variable: string): BaseHint | undefined {
  return commit(variable, env[variable]);
}

function commit(by: string, value: string | undefined): BaseHint | undefined {
  const isCommit = value !== undefined && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(value);
  // All zeros: the branch is new, and nothing was before.
  return isCommit && !/^0+$/.test(value) ? { refs: [value], by, exact: true } : undefined;
}

/** Git would take what begins with a dash for an option, and `a..b` for two. */
function isRef(text: string): boolean {
  return (
    text !== '' &&
    text.length <= 250 &&
    /^[^-\s~^:?*[\\]([^\s:?*[\\]|\^(?!\{\/))*$/.test(text) &&
    !/\.\.|\{\//.test(text)
  );
}

function textIn(value: unknown, ...keys: readonly string[]): string | undefined {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return typeof found === 'string' ? found : undefined;
}
