/** What a tool sees of the user's environment: the PATH of the judged project, and no deploy secrets. */
import { existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';

export interface TargetPathOptions {
  /** The judged project, absolute. */
  readonly root: string;
  /** Top of its repository, absolute; `root` or one of its ancestors. */
  readonly repositoryTop: string;
  /** PATH as nemesis got it. */
  readonly userPath: string;
  /** nemesis' own `node_modules/.bin`, and the folder of its Node when it was re-executed. */
  readonly ownBinDirs: readonly string[];
  /** The user's VIRTUAL_ENV, if one is active. */
  readonly virtualEnv?: string;
  /** Does this folder exist? */
  readonly exists?: (dir: string) => boolean;
}

/**
 * The PATH for the project's tools: `node_modules/.bin` of the root and its ancestors in the
 * repository, its virtual environment, then the user's PATH without what npm and nemesis put there.
 * Empty and relative entries are left out.
 */
export function targetPath(options: TargetPathOptions): string {
  const { root, repositoryTop, userPath, virtualEnv } = options;
  const exists = options.exists ?? existsSync;
  const folders = ancestors(normalize(root), normalize(repositoryTop));
  const packageBins = folders.map((dir) => join(dir, 'node_modules', '.bin'));
  const activeEnv =
    virtualEnv !== undefined && isInside(virtualEnv, repositoryTop)
      ? [join(virtualEnv, 'bin')]
      : [];
  const pythonBins = folders.flatMap((dir) => [
    join(dir, '.venv', 'bin'),
    join(dir, 'venv', 'bin'),
  ]);
  const project = [...packageBins, ...activeEnv, ...pythonBins].filter((dir) => exists(dir));
  const own = new Set(options.ownBinDirs.map(withoutTrailingSlash));
  const user = withoutInjected(userPath.split(delimiter))
    .filter((dir) => isAbsolute(dir))
    .map(withoutTrailingSlash)
    .filter((dir) => !own.has(dir));
  return [...new Set([...project, ...user])].join(delimiter);
}

/**
 * `npm run` and `npx` put every `node_modules/.bin` up to the root and then their `node-gyp-bin` in
 * front. What stands behind the last `node-gyp-bin` is the user's own, also a `.bin` folder.
 */
function withoutInjected(entries: readonly string[]): readonly string[] {
  const isGyp = (dir: string): boolean => withoutTrailingSlash(dir).endsWith(`${sep}node-gyp-bin`);
  const lastGyp = entries.findLastIndex(isGyp);
  const isBin = (dir: string): boolean =>
    withoutTrailingSlash(dir).endsWith(join(sep, 'node_modules', '.bin'));
  return entries.filter((dir, at) => at > lastGyp || !(isGyp(dir) || isBin(dir)));
}

/** `from` and each folder above it up to `top`; only `from` when it does not lie under `top`. */
function ancestors(from: string, top: string): readonly string[] {
  if (!isInside(from, top)) return [from];
  const folders = [from];
  for (let dir = from; relative(top, dir) !== ''; dir = dirname(dir)) folders.push(dirname(dir));
  return folders;
}

function isInside(dir: string, top: string): boolean {
  const way = relative(top, dir);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

const withoutTrailingSlash = (dir: string): string =>
  dir.length > 1 && dir.endsWith(sep) ? dir.slice(0, -1) : dir;

/** Analysers read; project scripts and test runners are the team's own programs. */
export type ToolKind = 'analyser' | 'project';

export interface ToolEnvironmentOptions {
  /** Replaces PATH; see `targetPath`. */
  readonly path?: string;
  /** Names of variables that hold deploy secrets; never handed on. */
  readonly deploySecrets?: readonly string[];
}

/** The environment for one tool, made anew; colour is off in it. */
export function toolEnvironment(
  kind: ToolKind,
  userEnv: Readonly<Record<string, string | undefined>>,
  options: ToolEnvironmentOptions = {},
): Record<string, string> {
  const secrets = new Set(options.deploySecrets);
  const isHandedOn = kind === 'analyser' ? isForAnalysers : isForProject;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(userEnv)) {
    if (value === undefined || secrets.has(name) || isNemesis(name)) continue;
    if (isHandedOn(name)) env[name] = value;
  }
  // npm names its own Node here; the judged project has its own.
  if (env['NODE'] !== undefined && env['NODE'] === userEnv['npm_node_execpath']) delete env['NODE'];
  if (options.path !== undefined) env['PATH'] = options.path;
  env['NO_COLOR'] = '1';
  return kind === 'analyser' ? { ...env, TERM: 'dumb', FORCE_COLOR: '0' } : env;
}

const isNemesis = (name: string): boolean =>
  name.startsWith('NEMESIS_') || name === 'NODE_COMPILE_CACHE';

const ANALYSER_NAMES: ReadonlySet<string> = new Set(
  `PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TEMP TMP CI
   SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE CURL_CA_BUNDLE
   HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy
   npm_config_registry npm_config_userconfig npm_config_cache
   NVM_DIR VOLTA_HOME ASDF_DIR ASDF_DATA_DIR MISE_DATA_DIR
   PYTHONPATH PYTHONHOME VIRTUAL_ENV PYENV_ROOT PYENV_VERSION
   GOPATH GOROOT GOCACHE GOMODCACHE GOFLAGS GOPROXY GOTOOLCHAIN
   CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN
   JAVA_HOME MAVEN_HOME GRADLE_USER_HOME GEM_HOME GEM_PATH RBENV_ROOT DOTNET_ROOT
   TRIVY_CACHE_DIR DOCKER_HOST PIP_AUDIT_OSV_URL
   LD_LIBRARY_PATH`.split(/\s+/),
);

const isForAnalysers = (name: string): boolean =>
  ANALYSER_NAMES.has(name) || name.startsWith('LC_') || name.startsWith('XDG_');

/** Forced colour goes, or it would win over NO_COLOR; the rest is what `npm run` adds. */
const NOT_FOR_PROJECTS: ReadonlySet<string> = new Set([
  'FORCE_COLOR',
  'CLICOLOR_FORCE',
  'INIT_CWD',
]);
const NPM_SETTINGS: ReadonlySet<string> = new Set([
  'npm_config_registry',
  'npm_config_userconfig',
  'npm_config_cache',
]);

/** What git tells its hooks about the repository and the commit at hand (`git rev-parse --local-env-vars`). */
const OF_A_HOOK =
  /^GIT_(ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|CONFIG|CONFIG_COUNT|CONFIG_PARAMETERS|DIR|GRAFT_FILE|IMPLICIT_WORK_TREE|INDEX_FILE|INTERNAL_SUPER_PREFIX|NAMESPACE|NO_REPLACE_OBJECTS|OBJECT_DIRECTORY|PREFIX|QUARANTINE_PATH|REFLOG_ACTION|REPLACE_REF_BASE|SHALLOW_FILE|WORK_TREE)$/;

const isForProject = (name: string): boolean =>
  !OF_A_HOOK.test(name) &&
  !NOT_FOR_PROJECTS.has(name) &&
  (!name.startsWith('npm_') || NPM_SETTINGS.has(name));
