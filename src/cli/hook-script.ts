/**
 * The text of the commit hook: POSIX shell, in a block of its own that is found again. Each folder with a project that
 * is judged has a line in it, so that several of one repository can share the hook.
 */

const BEGIN = '# nemesis hooks:install begin';
const END = '# nemesis hooks:install end';
const SHEBANG = '#!/bin/sh\n';

export interface HookSurroundings {
  /** Folder of the Node that nemesis runs on: for graphical clients, which often know no PATH. */
  readonly nodeFolder: string;
  /** The nemesis that installs the hook, asked where the project has none. */
  readonly program: string;
}

/** The folders that a hook of ours judges, relative to the top; undefined when it has no block of ours. */
export function foldersIn(hook: string): readonly string[] | undefined {
  const block = blockIn(hook);
  if (block === undefined) return undefined;
  return [...block.matchAll(/^judge '((?:[^']|'\\'')*)'$/gm)].map(([, quoted]) =>
    quoted!.replaceAll("'\\''", "'"),
  );
}

/** Whether anything but our block stands in it. */
export function isShared(hook: string): boolean {
  const rest = hook.replace(blockIn(hook) ?? '', '').replace(/^#!.*\n/, '');
  return rest.trim() !== '';
}

/** The hook with our block for these folders; without any, what is left, or undefined when that is nothing. */
export function hookWith(
  hook: string | undefined,
  folders: readonly string[],
  around: HookSurroundings,
): string | undefined {
  const before = hook === undefined ? undefined : blockIn(hook);
  const block = folders.length === 0 ? '' : blockFor(folders, around);
  if (hook === undefined || before === undefined) return `${SHEBANG}${block}`;
  if (block === '' && !isShared(hook)) return undefined;
  return hook.replace(before, () => block);
}

function blockIn(hook: string): string | undefined {
  const from = hook.indexOf(`${BEGIN}\n`);
  const to = hook.indexOf(`${END}\n`, from);
  return from < 0 || to < 0 ? undefined : hook.slice(from, to + END.length + 1);
}

const word = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function blockFor(folders: readonly string[], { nodeFolder, program }: HookSurroundings): string {
  return `${BEGIN}
# Judges what is staged. Taken out again by: nemesis hooks:uninstall
judge() {
  case "\${NEMESIS_SKIP:-0}" in 0) ;; *) return 0 ;; esac
  # Graphical clients often start hooks without the PATH of a terminal.
  command -v node >/dev/null 2>&1 || PATH="$PATH":${word(nodeFolder)}:/usr/local/bin:/opt/homebrew/bin
  if ! command -v node >/dev/null 2>&1; then
    echo 'nemesis: node is not on the PATH of this program, so nothing was measured.' >&2
    echo '  Commit from a terminal, or start the program from one.' >&2
    echo '  Skip it once: git commit --no-verify' >&2
    exit 1
  fi
  for nemesis in "$1/node_modules/.bin/nemesis" node_modules/.bin/nemesis; do
    [ -x "$nemesis" ] && break
    nemesis=
  done
  [ -n "$nemesis" ] || nemesis=$(command -v nemesis) || nemesis=
  code=0
  set -- deploy:check --staged --gate code --cwd "$1"
  if [ -n "$nemesis" ]; then "$nemesis" "$@" </dev/null || code=$?
  elif [ -f ${word(program)} ]; then node ${word(program)} "$@" </dev/null || code=$?
  else npx --no-install nemesis "$@" </dev/null || code=$?
  fi
  [ "$code" -ne 0 ] || return 0
  {
    echo
    case "$code" in
      1) echo 'nemesis: the commit is stopped. Mend what is named above, git add it, commit.' ;;
      2 | 3) echo 'nemesis: the commit is stopped, for it could not be judged: see above.' ;;
      127) echo 'nemesis: not found, so nothing was measured: npm ci installs it.' ;;
      *) echo "nemesis: the commit is stopped (exit $code)." ;;
    esac
    echo '  What the tools can mend: nemesis deploy:check --staged --fix'
    echo '  Skip it once: NEMESIS_SKIP=1 git commit, or git commit --no-verify'
  } >&2
  exit 1
}
${folders.map((folder) => `judge ${word(folder)}`).join('\n')}
${END}
`;
}
