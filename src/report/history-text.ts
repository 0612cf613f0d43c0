/** The past as text for people: what was checked, what was deployed, what serves. Fits 80 columns. */

import type { Current } from '../history/folds/current.ts';
import type { Behind } from '../history/folds/delivery-aggregates.ts';
import type { Delivery } from '../history/folds/delivery.ts';
import {
  changeFailureText,
  frequencyText,
  leadTimeText,
  recoveryText,
  reworkText,
  spanText,
} from '../history/folds/delivery-text.ts';
import type { DeploymentRow } from '../history/folds/rows.ts';
import type { Stream } from '../history/journal.ts';
import type { Lease } from '../history/store.ts';
import type { StoreReport, StreamReport } from '../history/verify.ts';
import type { Freeze } from '../rollout/freeze.ts';
import { freezeText } from '../rollout/frozen.ts';
import { fit, harmless, plural, wrap } from './wording.ts';

const LONGEST = 160;

const lines = (all: readonly string[]): string => `${all.map(harmless).join('\n')}\n`;

const nameOf = ({ service, environment }: Stream): string => `${service} in ${environment}`;

/** `2026-01-05 10:00`, in UTC. */
export function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

export function reportText({ streams, medium, sound }: StoreReport): string {
  const events = streams.reduce((sum, { head }) => sum + head.seq, 0);
  const all = `${plural(events, 'event')} in ${plural(streams.length, 'chain')}`;
  if (sound && streams.length === 0) return 'nothing is recorded yet\n';
  return lines([
    ...streams.flatMap(streamLines),
    ...medium.map((line) => `BROKEN  the store: ${fit(line, 400)}`),
    sound ? `sound: ${all}` : `NOT sound: ${all} can be relied on`,
  ]);
}

function streamLines({ stream, head, problem, remembered }: StreamReport): string[] {
  const name = nameOf(stream);
  if (problem !== undefined) {
    const what =
      problem.differs === 'unreadable'
        ? `it cannot be read: ${fit(problem.message, LONGEST)}`
        : DIFFERS[problem.differs];
    return [`BROKEN  ${name}, at event ${problem.seq}: ${what}`];
  }
  if (remembered.kind === 'cut') {
    const end =
      remembered.found === undefined ? 'is gone' : `ends at event ${remembered.found.seq}`;
    return [`BROKEN  ${name} ${end}; event ${remembered.remembered.seq} was seen here before`];
  }
  if (remembered.kind === 'rewritten') {
    const { seq } = remembered.remembered;
    return [`BROKEN  ${name}, at event ${seq}: another one was seen here before`];
  }
  return [`ok      ${name}: ${plural(head.seq, 'event')}, ends in ${head.hash.slice(0, 12)}`];
}

const DIFFERS = {
  stream: 'it belongs to another chain',
  sequence: 'an event is missing, or stands twice',
  prev: 'it does not follow the event before it',
  hash: 'it was changed after it was written',
} as const;

/** Enough of an id to tell it from others. */
export function shortId(id: string): string {
  return /^[0-9a-f]{8}-/.test(id) ? id.slice(0, 8) : fit(id, 12);
}

/** Newest first, as a table. */
export function deploymentsText(rows: readonly DeploymentRow[], columns: number): string {
  const body = rows.map((row) => [
    timeText(row.started_at),
    row.environment,
    row.kind === 'rollback' ? `${row.version} (back)` : row.version,
    row.status.replaceAll('_', ' '),
    row.finished_at === null ? '-' : spanText(row.finished_at - row.started_at),
    String(row.rollback_count),
    shortId(row.id),
  ]);
  const head = ['started, UTC', 'env', 'version', 'status', 'took', 'backs', 'id'];
  return table([head, ...body], columns, [1, 2]);
}

/** Columns as wide as they need; where they are too wide together, the flexible ones give way. */
function table(
  rows: readonly (readonly string[])[],
  columns: number,
  flexible: readonly number[],
): string {
  const cells = rows.map((row) => row.map(harmless));
  const widths = (cells[0] ?? []).map((_, index) =>
    Math.max(...cells.map((row) => [...(row[index] ?? '')].length)),
  );
  const total = () => widths.reduce((sum, width) => sum + width + 2, -2);
  const width = (index: number) => widths[index] ?? 0;
  while (total() > columns) {
    const widest = [...flexible].sort((a, b) => width(b) - width(a))[0];
    if (widest === undefined || width(widest) <= 4) break;
    widths[widest] = width(widest) - 1;
  }
  const shown = cells.map((row) =>
    row
      .map((cell, index) => fit(cell, width(index)).padEnd(width(index)))
      .join('  ')
      .trimEnd(),
  );
  return `${shown.join('\n')}\n`;
}

export function deliveryText(delivery: Delivery, days: string, columns: number): string {
  const { deployment_frequency, lead_time, change_failure_rate, recovery_time, rework_rate } =
    delivery;
  const of = (figure: { readonly kind: string; readonly of?: Behind }) => figure.of;
  const failed = change_failure_rate.kind === 'measured' ? change_failure_rate.counted : undefined;
  const rework = rework_rate.kind === 'measured' ? rework_rate.counted : undefined;
  const made =
    deployment_frequency.kind === 'measured' ? deployment_frequency.deployments : undefined;
  const parts = [
    figure('deployment frequency', frequencyText(delivery), columns, made),
    figure('lead time', leadTimeText(delivery), columns, of(lead_time)),
    figure('change failure rate', changeFailureText(delivery), columns, failed),
    figure('recovery time', recoveryText(delivery), columns, of(recovery_time), recovery_time.open),
    figure('rework rate', reworkText(delivery), columns, rework),
  ];
  return lines([`${nameOf(delivery)}, the last ${days}`, ...parts.flat()]);
}

function figure(
  name: string,
  text: string,
  columns: number,
  behind: Behind | undefined,
  open?: Behind | null,
): string[] {
  const indent = ' '.repeat(24);
  const said = wrap(text.replace(/^n\/a/, 'no data'), columns - indent.length);
  const more = [
    ...(behind === undefined || behind.count === 0 ? [] : [`from ${idsText(behind)}`]),
    ...(open ? [`open ${idsText(open)}`] : []),
  ];
  const [first = '', ...rest] = [
    ...said,
    ...more.flatMap((line) => wrap(line, columns - indent.length)),
  ];
  return [`  ${name.padEnd(22)}${first}`, ...rest.map((line) => `${indent}${line}`)];
}

function idsText({ count, ids }: Behind): string {
  const named = ids.slice(0, 4).map(shortId);
  const hidden = count - named.length;
  return hidden > 0 ? `${named.join(' ')} and ${hidden} more` : named.join(' ');
}

export interface StatusOf {
  readonly stream: Stream;
  readonly current: Current;
  readonly lock: (Lease & { readonly expired: boolean }) | null;
  /** A person holds it. */
  readonly pin: {
    readonly version: string;
    readonly actor: string;
    readonly reason: string;
    readonly at: number;
  } | null;
  /** A person, or a window of the configuration, stops deployments there. */
  readonly frozen: Freeze | null;
  /** Approvals that are asked for. */
  readonly waiting: readonly {
    readonly id: string;
    readonly version: string;
    readonly by: string;
    /** What is accepted with it although nobody measured it. */
    readonly accepts: readonly string[];
    readonly expires_at: number;
    /** Who has said yes so far, and how: `bob, unsigned`. */
    readonly said: readonly string[];
  }[];
  /** Deployments nemesis walks, or walked until it was killed. `step`: what comes next, from 0. */
  readonly half_done: readonly {
    readonly deployment: string;
    readonly step: number;
    readonly of: number;
    readonly name: string | null;
    /** A trigger has fired: it is on its way back. */
    readonly because: string | null;
    readonly held: boolean;
  }[];
}

type Row = readonly [name: string, text: string];

export function statusText(status: StatusOf, now: number): string {
  const rows = [
    ...servingRows(status, now),
    ...holdingRows(status),
    ...troubleRows(status),
    ...restRows(status, now),
  ];
  const all = rows.flatMap(([name, text]) =>
    wrap(fit(text, 400), 66).map((line, at) => `  ${(at ? '' : name).padEnd(11)} ${line}`),
  );
  return lines([nameOf(status.stream), ...all]);
}

function servingRows({ current: { serves, running } }: StatusOf, now: number): Row[] {
  const since = (at: number) => `${timeText(at)} UTC (${spanText(now - at)})`;
  const said =
    serves === null
      ? 'nothing that is known here'
      : `${serves.version} since ${since(serves.since)}, by ${shortId(serves.by)}`;
  return [
    ['serves', said],
    ...running.map((one): Row => {
      const stage = one.stage === null ? 'no stage yet' : `stage ${one.stage}`;
      const kind = one.kind === 'rollback' ? 'rollback to ' : '';
      const text = `${kind}${one.version}, ${stage} for ${spanText(one.in_stage_ms)}`;
      return ['running', `${text}, by ${one.actor}`];
    }),
  ];
}

/** What keeps a release from going there until a person does something. */
function holdingRows({ stream, lock, pin, frozen, waiting, half_done }: StatusOf): Row[] {
  const rows: Row[] = [];
  const isWalked = lock !== null && !lock.expired;
  const left = half_done.at(-1);
  if (left !== undefined && (left.held || !isWalked)) {
    const why = left.held ? `held by ${left.because ?? 'a person'}` : 'nobody walks it';
    rows.push(['BLOCKING', `half done at step ${left.step + 1} of ${left.of}, ${why}`]);
    rows.push(['', 'nemesis deploy:resume or nemesis deploy:rollback']);
  }
  if (pin !== null) {
    rows.push(['BLOCKING', `pinned to ${pin.version} by ${pin.actor}: ${pin.reason}`]);
    rows.push(['', `nemesis deploy:unfreeze ${stream.environment}`]);
  }
  if (frozen !== null) {
    rows.push(['BLOCKING', freezeText(frozen)]);
    if (frozen.kind === 'person') rows.push(['', `nemesis deploy:unfreeze ${stream.environment}`]);
  }
  return [...rows, ...waiting.flatMap(waitingRows)];
}

function waitingRows({
  id,
  version,
  by,
  accepts,
  expires_at,
  said,
}: StatusOf['waiting'][number]): Row[] {
  const until = `until ${timeText(expires_at)} UTC`;
  return [
    ['waits', `${version} for approval, asked by ${by}, ${until}: nemesis deploy:approve ${id}`],
    ...said.map((who): Row => ['', `said yes: ${who}`]),
    ...accepts.map((one): Row => ['', `accepts ${one}`]),
  ];
}

function troubleRows({ current: { in_doubt, open_incidents } }: StatusOf): Row[] {
  const rows: Row[] = [];
  if (in_doubt !== null) {
    const status = in_doubt.status.replaceAll('_', ' ');
    rows.push(['BLOCKING', `${in_doubt.version} ended ${status}: what serves is not certain`]);
  }
  for (const { id, severity, title, so_far_ms } of open_incidents) {
    const name = severity === 'critical' ? 'BLOCKING' : 'warning';
    const said = title === '' ? '' : ` ${title},`;
    rows.push([
      name,
      `${severity} incident ${shortId(id)}:${said} open for ${spanText(so_far_ms)}`,
    ]);
  }
  return rows;
}

function restRows({ current: { rollback_to, passed_over }, lock }: StatusOf, now: number): Row[] {
  const rows: Row[] = [];
  if (rollback_to !== null) rows.push(['back to', `${rollback_to.version}, where a rollback goes`]);
  if (lock !== null) {
    const end = lock.expired ? 'expired' : `last seen ${spanText(now - lock.heartbeatAt)} ago`;
    rows.push(['lock', `${lock.owner} on ${lock.host}, at ${lock.step}, ${end}`]);
    rows.push(['', `id ${lock.id}`]);
  }
  const odd = passed_over.unknown + passed_over.bad + passed_over.stray;
  const why = passed_over.last?.why ?? '';
  if (odd > 0) rows.push(['note', `${plural(odd, 'event')} fitted no record: ${why}`]);
  return rows;
}
