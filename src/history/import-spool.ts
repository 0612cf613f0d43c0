/** Brings records home that an emergency had to keep on this machine. Doing it again adds nothing: they keep their ids. */

import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../failure.ts';
import type { EventDraft, JournalEvent, Stream } from './journal.ts';
import { storePlace, type StorePlace } from './open-store.ts';
import type { RecordBodies } from './records.ts';
import { spooled, type SpoolHeader } from './spool.ts';
import type { Store, StoreFailure } from './store.ts';

type Env = Readonly<Record<string, string | undefined>>;

const Header = z.object({
  nemesis: z.literal('spool'),
  version: z.literal(1),
  service: z.string().min(1),
  environment: z.string().min(1),
  store: z
    .union([
      z.object({ kind: z.literal('place'), where: z.string() }),
      z.object({ kind: z.literal('env'), name: z.string() }),
    ])
    .nullable(),
  rollback: z.string().min(1),
});

const Draft = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  at: z.int(),
  actor: z.string(),
  host: z.string(),
  body: z.record(z.string(), z.unknown()),
});

const MOST_BYTES = 1024 * 1024;

export interface ImportSpool {
  readonly stateFolder: string;
  readonly env: Env;
  readonly store: Store;
  /** Which store that is. */
  readonly place: StorePlace;
  readonly service: string;
  /** Why nothing may be added to a stream, in words; undefined where it may. */
  readonly refuses: (stream: Stream) => Promise<string | undefined>;
}

export interface SpoolImported {
  readonly stream: Stream;
  /** The last event that is there now, for who remembers heads. */
  readonly last: JournalEvent;
}

export interface SpoolKept {
  readonly file: string;
  /** In words; `failure` where the store has refused. */
  readonly why: string;
  readonly failure?: StoreFailure;
}

/** Imports what belongs to this service and this store, and removes it then. What cannot be imported stays, and is told. */
export async function importSpool(
  asked: ImportSpool,
): Promise<{ readonly imported: readonly SpoolImported[]; readonly kept: readonly SpoolKept[] }> {
  const imported: SpoolImported[] = [];
  const kept: SpoolKept[] = [];
  for (const file of spooled(asked.stateFolder)) {
    const read = readSpool(file);
    if (!read.ok) {
      kept.push({ file, why: read.failure });
      continue;
    }
    const { header, drafts } = read.value;
    if (header.service !== asked.service || !belongs(header, asked)) continue;
    const { environment } = header;
    const stream = { service: header.service, environment };
    const refused = await asked.refuses(stream);
    if (refused !== undefined) {
      kept.push({ file, why: refused });
      continue;
    }
    const added = await add(asked.store, stream, header.rollback, drafts);
    if (!added.ok) {
      const why = 'the history does not take it now';
      kept.push({ file, why, failure: added.failure });
      continue;
    }
    if (added.value !== undefined) imported.push({ stream, last: added.value });
    rmSync(file, { force: true });
  }
  return { imported, kept };
}

function belongs({ store }: SpoolHeader, { place, env }: ImportSpool): boolean {
  if (store === null) return true;
  const asked = store.kind === 'env' ? env[store.name] : store.where;
  if (asked === undefined || asked === '') return false;
  const home = storePlace(asked, path.sep);
  return home.ok && home.value.kind === place.kind && home.value.where === place.where;
}

/** Whatever ran when the rollback began has ended with it: nobody else could say so. */
async function add(
  store: Store,
  stream: Stream,
  rollback: string,
  drafts: readonly EventDraft[],
): Promise<Result<JournalEvent | undefined, StoreFailure>> {
  const rows = await store.current(stream);
  if (!rows.ok) return rows;
  const begun = drafts.find(({ type }) => type === 'deployment_started');
  const ended = drafts.find(({ type }) => type === 'deployment_finished');
  const at = begun?.at ?? 0;
  const overtaken = rows.value.running().filter(({ id, started_at }) => {
    return id !== rollback && started_at <= at;
  });
  const worked = ended?.body['status'] !== 'rollback_failed';
  const ends = overtaken.map(({ id }): EventDraft => {
    const body: RecordBodies['deployment_finished'] = {
      deployment: id,
      status: worked ? 'rolled_back' : 'rollback_failed',
      reason: 'manual_trigger',
      failure_detected_at: null,
    };
    const { actor = '', host = '' } = begun ?? {};
    return {
      id: endOf(rollback, id),
      type: 'deployment_finished',
      at,
      actor,
      host,
      body: { ...body },
    };
  });
  const last = ended === undefined ? drafts.length : drafts.indexOf(ended);
  const appended = await store.append(stream, [
    ...drafts.slice(0, last),
    ...ends,
    ...drafts.slice(last),
  ]);
  return appended.ok ? ok(appended.value.at(-1)) : appended;
}

/** The id of the event that ends a deployment because of a rollback: the same whoever writes it. */
export const endOf = (rollback: string, deployment: string): string => `${rollback}:${deployment}`;

function readSpool(
  file: string,
): Result<{ readonly header: SpoolHeader; readonly drafts: readonly EventDraft[] }, string> {
  try {
    if (statSync(file).size > MOST_BYTES) return fail('it is too large');
    const [first = '', ...rest] = readFileSync(file, 'utf8').trimEnd().split('\n');
    const header = Header.parse(JSON.parse(first));
    const drafts = rest.map((line) => Draft.parse(JSON.parse(line)));
    return drafts.length === 0 ? fail('it holds no event') : ok({ header, drafts });
  } catch {
    return fail('it cannot be read');
  }
}
