/**
 * The definitions, once more and slowly: every question is answered by reading the whole journal again, nothing is
 * carried along. Shares no code with the fold.
 */

import type { JournalEvent } from '../../../src/history/journal.ts';
import type { RecordBodies } from '../../../src/history/records.ts';

type Bodies = RecordBodies;
type Of<T extends keyof Bodies> = JournalEvent & { readonly body: Bodies[T] };

export interface Spell {
  since: number;
  until: number | null;
  onlyIncidents: boolean;
}

export interface Fate {
  readonly id: string;
  readonly kind: 'deploy' | 'rollback';
  readonly status: string;
  readonly seq: number;
  readonly finishedAt: number | null;
  readonly reasons: readonly string[];
  readonly spells: readonly Spell[];
  readonly rework: boolean;
  readonly rollbacks: number;
  readonly exposed: boolean;
  readonly committedAt: number | null;
  readonly firstOfCommit: boolean;
}

export class Oracle {
  readonly #events: readonly JournalEvent[];
  /** Of several events that begin the same record, the first. Kept only because it is asked so often. */
  readonly #starts: readonly Of<'deployment_started'>[];

  constructor(events: readonly JournalEvent[]) {
    this.#events = events.filter(({ body }) => body['broken'] !== true);
    const all = this.#all('deployment_started');
    this.#starts = all.filter(
      (event) => all.find((e) => e.body.deployment === event.body.deployment) === event,
    );
  }

  fates(): Fate[] {
    return this.#starts.map((start) => this.#fate(start));
  }

  #all<T extends keyof Bodies>(type: T): Of<T>[] {
    return this.#events.filter((event) => event.type === type) as unknown as Of<T>[];
  }

  #start(id: string | null, before = Infinity): Of<'deployment_started'> | undefined {
    return this.#starts.find((e) => e.body.deployment === id && e.seq < before);
  }

  #end(id: string, before = Infinity): Of<'deployment_finished'> | undefined {
    const start = this.#start(id);
    const end = this.#all('deployment_finished').find(
      (e) => e.body.deployment === id && start !== undefined && e.seq > start.seq,
    );
    return end !== undefined && end.seq < before ? end : undefined;
  }

  /** Ends that succeeded, of records that had begun. */
  #successes(before: number): Of<'deployment_finished'>[] {
    return this.#all('deployment_finished').filter(
      (e) => e.seq < before && e.body.status === 'succeeded' && this.#end(e.body.deployment) === e,
    );
  }

  #isDeploy(id: string): boolean {
    return this.#start(id)?.body.kind === 'deploy';
  }

  #wasExposed(id: string, before: number): boolean {
    const start = this.#start(id);
    if (start === undefined) return false;
    const end = this.#end(id);
    const hadTraffic = this.#all('deployment_received_traffic').some(
      (e) =>
        e.body.deployment === id &&
        e.seq > start.seq &&
        e.seq < (end?.seq ?? Infinity) &&
        e.seq < before,
    );
    return hadTraffic || this.#end(id, before)?.body.status === 'succeeded';
  }

  #target(rollback: Of<'deployment_started'>): string | null {
    const { seq, body } = rollback;
    if (body.takes_back !== null) return body.takes_back;
    const serving = this.#successes(seq).at(-1)?.body.deployment;
    const running = this.#starts
      .filter((e) => e.seq < seq && this.#end(e.body.deployment, seq) === undefined)
      .at(-1);
    const servingSeq = serving === undefined ? 0 : (this.#start(serving)?.seq ?? 0);
    if (running !== undefined && running.seq > servingSeq) return running.body.deployment;
    return serving ?? null;
  }

  #rollbacks(): Of<'deployment_started'>[] {
    return this.#starts.filter((e) => e.body.kind === 'rollback');
  }

  #openings(): Of<'incident_opened'>[] {
    const all = this.#all('incident_opened');
    return all.filter(
      (event) => all.find((e) => e.body.incident === event.body.incident) === event,
    );
  }

  #closing(incident: string): Of<'incident_closed'> | undefined {
    return this.#all('incident_closed').find((e) => e.body.incident === incident);
  }

  #isOpen(opening: Of<'incident_opened'>, before: number): boolean {
    const closing = this.#closing(opening.body.incident);
    return opening.seq < before && (closing === undefined || closing.seq >= before);
  }

  #blamed(opening: Of<'incident_opened'>): string | undefined {
    const latest = this.#successes(opening.seq)
      .map((e) => e.body.deployment)
      .filter((id) => this.#isDeploy(id))
      .at(-1);
    return this.#start(opening.body.deployment ?? latest ?? null, opening.seq)?.body.deployment;
  }

  /** Sequence numbers at which something with traffic was taken back. */
  #takingsBack(): number[] {
    const begun = this.#rollbacks().filter((e) => {
      const target = this.#target(e);
      const known = target === e.body.deployment || this.#start(target, e.seq) !== undefined;
      return target === null || !known || this.#wasExposed(target, e.seq);
    });
    const ended = this.#starts
      .map((e) => this.#end(e.body.deployment))
      .filter((e) => e !== undefined)
      .filter((e) => ['rolled_back', 'rollback_failed', 'withdrawn'].includes(e.body.status))
      .filter((e) => this.#wasExposed(e.body.deployment, e.seq));
    return [...begun, ...ended].map((e) => e.seq);
  }

  #isRework({ seq, body }: Of<'deployment_started'>): boolean {
    if (body.kind !== 'deploy') return false;
    if (body.hotfix || this.#openings().some((opening) => this.#isOpen(opening, seq))) return true;
    return this.#takingsBack().some(
      (taken) =>
        taken < seq &&
        !this.#successes(seq).some((e) => e.seq > taken && this.#isDeploy(e.body.deployment)),
    );
  }

  #fate(start: Of<'deployment_started'>): Fate {
    const id = start.body.deployment;
    const { commit } = start.body.release;
    const end = this.#end(id);
    const { reasons, spells } = this.#failure(start, end);
    const rollbacks = this.#rollbacks().filter(
      (e) => e.body.deployment !== id && e.seq > start.seq && this.#target(e) === id,
    ).length;
    return {
      id,
      kind: start.body.kind,
      status: end?.body.status ?? 'running',
      seq: start.seq,
      finishedAt: end?.at ?? null,
      reasons,
      spells,
      rework: this.#isRework(start),
      rollbacks: Math.max(rollbacks, end?.body.status === 'rolled_back' ? 1 : 0),
      exposed: this.#wasExposed(id, Infinity),
      committedAt: start.body.release.committed_at,
      firstOfCommit:
        commit === null ||
        !this.#successes(end?.seq ?? Infinity).some(
          (e) =>
            this.#isDeploy(e.body.deployment) &&
            this.#start(e.body.deployment)?.body.release.commit === commit,
        ),
    };
  }

  /** Walks the journal for this one deployment, asking of every event: does it tell of failure, or of health? */
  #failure(
    start: Of<'deployment_started'>,
    end: Of<'deployment_finished'> | undefined,
  ): { reasons: string[]; spells: Spell[] } {
    const told = new Told();
    for (const event of this.#events.filter(({ seq }) => seq > start.seq)) {
      if (this.#takesBackInTime(start, event)) told.fails('rollback', event.at, false);
      this.#tellOpening(start, event, told);
      if (end === event) this.#tellEnd(end, told);
      if (this.#successes(Infinity).some((e) => e === event)) told.heals(event.at);
      if (this.#closesLastOf(start, event) && told.open()?.onlyIncidents) told.heals(event.at);
    }
    return told;
  }

  #takesBackInTime({ body }: Of<'deployment_started'>, { seq, at, id }: JournalEvent): boolean {
    const rollback = this.#rollbacks().find((e) => e.id === id);
    if (rollback === undefined || this.#target(rollback) !== body.deployment) return false;
    const ended = this.#end(body.deployment, seq);
    const until = (ended?.at ?? Infinity) + (body.validation_ms ?? 3_600_000);
    const inTime = ended === undefined || (ended.body.status === 'succeeded' && at <= until);
    return inTime && this.#wasExposed(body.deployment, seq);
  }

  #tellOpening(start: Of<'deployment_started'>, { seq, at, id }: JournalEvent, told: Told): void {
    const opening = this.#openings().find((e) => e.id === id);
    if (opening === undefined || this.#blamed(opening) !== start.body.deployment) return;
    const closing = this.#closing(opening.body.incident);
    const wasOpen = told.open() !== undefined;
    told.fails(opening.body.incident, at, true);
    if (closing !== undefined && closing.seq < seq && !wasOpen) told.heals(closing.at);
  }

  #tellEnd({ seq, at, body }: Of<'deployment_finished'>, told: Told): void {
    const { status, deployment, failure_detected_at: detected } = body;
    if (status === 'succeeded' || !this.#wasExposed(deployment, seq)) return;
    const last = told.spells.at(-1);
    const isTold = status === 'rolled_back' && told.reasons.includes('rollback') && !told.open();
    if (isTold && last !== undefined) {
      told.reasons.push(status);
      last.since = Math.min(last.since, detected ?? Infinity);
      return;
    }
    told.fails(status, detected ?? at, false);
    if (status === 'rolled_back') told.heals(at);
  }

  #closesLastOf({ body }: Of<'deployment_started'>, { seq, id }: JournalEvent): boolean {
    const ours = this.#openings().filter((e) => this.#blamed(e) === body.deployment);
    const closed = ours.some((e) => e.seq < seq && this.#closing(e.body.incident)?.id === id);
    return closed && !ours.some((e) => this.#isOpen(e, seq + 1));
  }
}

/** What was told of one deployment so far. */
class Told {
  readonly reasons: string[] = [];
  readonly spells: Spell[] = [];

  open(): Spell | undefined {
    return this.spells.find((spell) => spell.until === null);
  }

  fails(why: string, since: number, isIncident: boolean): void {
    if (!this.reasons.includes(why)) this.reasons.push(why);
    const spell = this.open();
    if (spell === undefined) {
      this.spells.push({ since, until: null, onlyIncidents: isIncident });
      return;
    }
    spell.since = Math.min(spell.since, since);
    spell.onlyIncidents &&= isIncident;
  }

  heals(at: number): void {
    const spell = this.open();
    if (spell !== undefined) spell.until = at;
  }
}

/** Middle one of an odd number, else between the two in the middle. */
export function slowMedian(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  if (values.length <= 2) return values.reduce((a, b) => a + b, 0) / values.length;
  const without = [...values];
  without.splice(without.indexOf(Math.max(...without)), 1);
  without.splice(without.indexOf(Math.min(...without)), 1);
  return slowMedian(without);
}

export function totalOf(spells: readonly Spell[]): number {
  return spells.reduce((sum, { since, until }) => sum + ((until ?? NaN) - since), 0);
}
