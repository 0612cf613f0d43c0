/** trivy's vulnerability database as it lies in its cache. A check never loads one: it uses what is there, and says of when. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Project } from '../project.ts';
import type { NoCommand } from '../tool.ts';
import { readJsonReport } from './json-report.ts';

/** https://github.com/aquasecurity/trivy-db `pkg/metadata`; the dates are Go's. */
const Metadata = z.object({ Version: z.int(), UpdatedAt: z.string() });

/** The one every trivy since 0.23 reads. */
const SCHEMA = 2;
const DAY_MS = 86_400_000;
const LOAD = 'trivy image --download-db-only';

export interface Database {
  /** Absolute, for --cache-dir. */
  readonly cache: string;
  /** `2026-01-31`: when it was made. */
  readonly madeOn: string;
}

/** Where trivy looks by itself: https://trivy.dev/latest/docs/configuration/cache/ */
function cacheFolder(project: Project): string {
  const env = project.environment('analyser');
  if (env['TRIVY_CACHE_DIR']) return path.resolve(project.root, env['TRIVY_CACHE_DIR']);
  const base = env['XDG_CACHE_HOME'] || path.join(env['HOME'] ?? '/', '.cache');
  return path.join(base, 'trivy');
}

/** The database, or why nothing can be asked of it: none, one that cannot be read, one that is too old. */
export function databaseOf(project: Project, now: number): Database | NoCommand {
  const cache = cacheFolder(project);
  const folder = path.join(cache, 'db');
  const text = textOf(path.join(folder, 'metadata.json'));
  if (text === undefined || !existsSync(path.join(folder, 'trivy.db'))) {
    return without(`there is no vulnerability database of trivy in ${folder}`);
  }
  const metadata = readJsonReport(text, Metadata);
  const madeAt = metadata.ok ? Date.parse(metadata.value.UpdatedAt) : NaN;
  if (!metadata.ok || Number.isNaN(madeAt)) {
    return without(`the vulnerability database of trivy in ${folder} cannot be read`);
  }
  if (metadata.value.Version !== SCHEMA) {
    return without(
      `trivy's database in ${folder} is of schema ${metadata.value.Version}, not ${SCHEMA}`,
    );
  }
  const madeOn = new Date(madeAt).toISOString().slice(0, 10);
  const { databaseMaxAgeMs } = project.audit;
  if (now - madeAt <= databaseMaxAgeMs) return { cache, madeOn };
  const days = Math.floor((now - madeAt) / DAY_MS);
  return {
    instead: {
      state: 'backend_unavailable',
      why: `trivy's database is of ${madeOn}, ${days} days old, and ${databaseMaxAgeMs / DAY_MS} are allowed`,
      help: `${LOAD}, or allow more: audit: { database_max_age: … }`,
    },
  };
}

/** Its age belongs to what was measured with it. */
export function databaseText(project: Project | undefined): string {
  const database = project && databaseOf(project, Date.now());
  return database === undefined || 'instead' in database ? '' : `; database of ${database.madeOn}`;
}

function without(why: string): NoCommand {
  return { instead: { state: 'bad_config', why, help: LOAD } };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
