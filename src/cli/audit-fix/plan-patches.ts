/** Asks npm in a folder of its own which patch versions would mend the holes. The project is not touched. */

import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Finding } from '../../judge/finding.ts';
import {
  asking,
  askedAsBefore,
  askingIn,
  compareLocks,
  lockedVersion,
  refusing,
  writtenAs,
  type Compared,
  type LockFile,
  type Patch,
} from './lock.ts';
import { holesByPackage, holesIn, holesText, type Hole } from './holes.ts';
import { LOCK } from './kept.ts';
import type { Npm } from './npm.ts';

export interface PatchPlan {
  readonly patches: readonly Patch[];
  /** Packages that are left alone, and why. */
  readonly left: readonly { readonly package: string; readonly why: string }[];
  /** The lock file as it would be; undefined where nothing changes. */
  readonly lock: string | undefined;
}

const MOST_PACKAGES = 50;
/** Whatever `.npmrc` says: from memory, or tried only, npm would find that there is nothing newer. */
const MAKE = [
  ...['install', '--package-lock-only', '--ignore-scripts', '--offline=false', '--prefer-online'],
  ...['--dry-run=false', '--package-lock=true', '--save=true'],
];

export async function planPatches(
  root: string,
  findings: readonly Finding[],
  npm: Npm,
  signal: AbortSignal,
): Promise<PatchPlan> {
  const holes = holesByPackage(findings);
  const names = [...holes.keys()];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-audit-fix-'));
  try {
    for (const file of ['package.json', LOCK, '.npmrc'])
      if (existsSync(path.join(root, file)))
        copyFileSync(path.join(root, file), path.join(folder, file));
    const patches: Patch[] = [];
    const left: { package: string; why: string }[] = [];
    for (const name of names.slice(0, MOST_PACKAGES)) {
      const known = holes.get(name) ?? [];
      const tried = await tryOne(folder, name, known, npm, signal);
      if (typeof tried === 'string') left.push({ package: name, why: tried });
      else {
        patches.push(...tried);
        const { to } = tried.find((patch) => patch.package === name)!;
        const still = holesIn(to, known);
        if (still.length > 0)
          left.push({ package: name, why: `${to} still has ${holesText(still, to)}` });
      }
    }
    left.push(
      ...names.slice(MOST_PACKAGES).map((name) => ({ package: name, why: 'too many at once' })),
    );
    const lock = patches.length === 0 ? undefined : readFileSync(path.join(folder, LOCK), 'utf8');
    return { patches, left, lock };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the patches, which then stand in the folder; or why there are none, and the folder is as before */
async function tryOne(
  folder: string,
  name: string,
  holes: readonly Hole[],
  npm: Npm,
  signal: AbortSignal,
): Promise<readonly Patch[] | string> {
  const [lockFile, manifestFile] = [LOCK, 'package.json'].map((file) =>
    path.join(folder, file),
  ) as [string, string];
  const [lockText, manifestText] = [lockFile, manifestFile].map((file) =>
    readFileSync(file, 'utf8'),
  ) as [string, string];
  const before = JSON.parse(lockText) as LockFile;
  const known = lockedVersion(before, name);
  if (!known.ok || known.version === undefined) return known.ok ? 'it is not locked' : known.why;
  const write = (file: string, value: object) => writeFileSync(file, writtenAs(lockText, value));
  const back = (why: string) => {
    writeFileSync(lockFile, lockText);
    writeFileSync(manifestFile, manifestText);
    return why;
  };
  write(lockFile, asking(before, name, known.version));
  write(manifestFile, askingIn(JSON.parse(manifestText) as object, name, `~${known.version}`));
  const narrowed = await npm.run(folder, MAKE, signal);
  if (!narrowed.ok) return back(narrowed.failure);
  const made = JSON.parse(readFileSync(lockFile, 'utf8')) as LockFile;
  write(lockFile, askedAsBefore(made, before));
  writeFileSync(manifestFile, manifestText);
  // Once more, as everybody asks: a version that somebody's range does not allow does not stay.
  const settled = await npm.run(folder, MAKE, signal);
  if (!settled.ok) return back(settled.failure);
  const after = JSON.parse(readFileSync(lockFile, 'utf8')) as LockFile;
  const compared = compareLocks(before, after);
  const patch = compared.ok && compared.patches.find((one) => one.package === name);
  if (!compared.ok || !patch) return back(whyNot(compared, made, before, name, holes));
  const [had, has] = [patch.from, patch.to].map((version) => holesIn(version, holes));
  if (has!.length > 0 && has!.length >= had!.length) {
    const still = holesText(has!, patch.to);
    return back(`the newest patch version, ${patch.to}, is not free of ${still}`);
  }
  // npm indents it as package.json is; the difference shall be the change alone.
  write(lockFile, after);
  return compared.patches;
}

/** Who is in the way of a patch is told first: what npm does about that says little. */
function whyNot(
  compared: Compared,
  made: LockFile,
  before: LockFile,
  name: string,
  holes: readonly Hole[],
): string {
  const from = lockedVersion(before, name).version ?? '';
  const to = lockedVersion(made, name).version ?? from;
  const against = to === from ? [] : refusing(before, name, to);
  if (!compared.ok && against.length === 0) return compared.why;
  const who = against.length === 0 ? '' : `: ${against.slice(0, 3).join(', ')}`;
  const still = holesText(holesIn(from, holes), from);
  return `there is no newer patch version that all who use it allow${who}; it has ${still}`;
}
