/**
 * What ends a run's processes when nemesis itself is killed: one small shell per run, in a session of
 * its own, that reads a pipe only nemesis can write to.
 *
 *   nemesis ── "+PGID" a group started ──▶ watchdog
 *           ── "-PGID" it is empty     ──▶
 *           ── "quit"  all is ended    ──▶ exits
 *           ── end of file: nemesis died ─▶ TERM, up to 2 s, KILL, then the marker sweep
 *
 * Between its start and the "+PGID" line (the same tick of ours) only the marker finds a group.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/** Ends restarting a watchdog that keeps being killed. */
const MAX_RESTARTS = 3;
/** How long `close` waits for the shell to leave, in ms. */
const QUIT_BOUND_MS = 1000;

export interface Watchdog {
  /** Starts the shell if it is not running yet. Call before the first child exists. */
  start(): void;
  /** The group is ended should nemesis die. */
  guard(pgid: number): void;
  /** The group is empty; its number may soon belong to somebody else. */
  release(pgid: number): void;
  /** Ends the shell without a sweep. */
  close(): Promise<void>;
}

/** `marker` is the `NAME=value` that every child of the run carries in its environment. */
export function createWatchdog(marker: string): Watchdog {
  const live = new Set<number>();
  let shell: ChildProcess | undefined;
  let restartsLeft = MAX_RESTARTS;
  let closing = false;

  const tell = (line: string): void => {
    shell?.stdin?.write(`${line}\n`);
  };

  function start(): void {
    if (shell !== undefined || closing) return;
    const started = spawnShell(marker);
    shell = started;
    started?.once('exit', () => {
      if (shell === started) shell = undefined;
      if (!closing && live.size > 0 && restartsLeft-- > 0) start();
    });
    for (const pgid of live) tell(`+${pgid}`);
  }

  return {
    start,
    guard(pgid) {
      live.add(pgid);
      tell(`+${pgid}`);
    },
    release(pgid) {
      live.delete(pgid);
      tell(`-${pgid}`);
    },
    async close() {
      closing = true;
      if (shell === undefined) return;
      const last = shell;
      shell.ref(); // collected here, so that no zombie is left
      const left = new Promise<void>((resolve) => last.once('exit', () => resolve()));
      last.stdin?.end('quit\n');
      const timer = setTimeout(() => last.kill('SIGKILL'), QUIT_BOUND_MS);
      await left;
      clearTimeout(timer);
    },
  };
}

/** Undefined where the system lets us start no shell: the run goes on without this guarantee. */
function spawnShell(marker: string): ChildProcess | undefined {
  let shell: ChildProcess;
  try {
    shell = spawn('/bin/sh', ['-c', SCRIPT, 'nemesis-watchdog', marker], {
      cwd: '/',
      // A PATH of its own: the user's may hold nothing but git and node. And no marker.
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
  } catch {
    return undefined;
  }
  shell.on('error', () => undefined);
  shell.stdin?.on('error', () => undefined); // the shell was killed; its exit restarts it
  if (shell.pid === undefined) return undefined;
  shell.unref();
  // libuv gives a close-on-exec socket pair, and writes to it at once whenever there is room.
  (shell.stdin as Socket).unref();
  return shell;
}

/**
 * POSIX shell, dash included: its `kill` wants `-15 -PGID`. `grep` and `sleep` may be missing.
 * `grep -z -x` matches one whole variable; where it is not known the plain search has to do.
 */
const SCRIPT = `
trap '' TERM INT HUP
live=' '
while IFS= read -r line; do
  case $line in
    +*) live="$live\${line#+} " ;;
    -*) g=\${line#-}
      case $live in *" $g "*) live="\${live%% $g *} \${live#* $g }" ;; esac ;;
    quit) exit 0 ;;
  esac
done
for g in $live; do kill -15 "-$g"; done
round=0
while [ "$round" -lt 20 ]; do
  left=
  for g in $live; do kill -0 "-$g" && left="$left $g"; done
  live=$left
  [ -n "$live" ] || break
  sleep 0.1 || sleep 1 || break
  round=$((round + 1))
done
for g in $live; do kill -9 "-$g"; done
match=-lF
printf 'a\\0' | grep -qzxF a && match=-lzxF
round=0
while [ "$round" -lt 20 ]; do
  found=
  for f in $(grep "$match" -- "$1" /proc/[0-9]*/environ); do
    p=\${f#/proc/}
    kill -9 "\${p%/environ}" && found=1
  done
  [ -n "$found" ] || break
  sleep 0.05
  round=$((round + 1))
done
`;
