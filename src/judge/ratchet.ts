/** The ratchet: what a new run changes in the baseline. It tightens by itself and loosens only what is named. Pure. */

import { usesBaseline } from '../language/walk.ts';
import { metricsOf } from '../language/index.ts';
import type { Sentence } from './agent.ts';
import {
  isCompared,
  partsOf,
  type Baseline,
  type BaselineMetric,
  type Identity,
} from './baseline.ts';
import type { Identified } from './baseline.ts';
import { compareFindings } from './baseline.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { compared } from './compared.ts';
import { recorded } from './recorded.ts';
import { traffic } from './traffic.ts';

/** What a run knows, as far as the baseline keeps it. */
export interface Measured {
  readonly metrics: ReadonlyMap<string, BaselineMetric>;
  /** Runners that measured, with their version; of all others the baseline stays as it is. */
  readonly tools: ReadonlyMap<string, string>;
  readonly found: readonly Identified[];
  isGone(this: void, file: string): boolean;
}

export interface MetricChange {
  readonly metric: string;
  readonly before: BaselineMetric | undefined;
  readonly now: BaselineMetric;
}

export interface Ratchet {
  readonly next: Baseline;
  readonly tightened: readonly MetricChange[];
  /** Metrics and runners that were in no baseline before. */
  readonly added: readonly MetricChange[];
  readonly adopted: readonly string[];
  readonly loosened: readonly MetricChange[];
  /** Worse than the baseline, which stays. */
  readonly kept: readonly MetricChange[];
  /** Findings that left the baseline, that are new and stay out, and that were let in. */
  readonly fixed: number;
  readonly fresh: number;
  readonly accepted: number;
}

/** The name under which new findings are loosened. */
export const NEW_FINDINGS = 'new_findings';

export interface Loosening {
  /** Metrics, or `new_findings`; `all` loosens everything. */
  readonly names: readonly string[] | 'all';
  /** Day and reason. */
  readonly note: string;
}

type Direction = Pick<CatalogueEntry, 'better'>;

export function ratchet(
  before: Baseline | undefined,
  measured: Measured,
  directionOf: (metric: string) => Direction | undefined,
  loosening: Loosening | undefined,
): Ratchet {
  const lets = (name: string) =>
    loosening !== undefined && (loosening.names === 'all' || loosening.names.includes(name));
  const changes: Record<Way, MetricChange[]> = { tightened: [], added: [], loosened: [], kept: [] };
  const metrics = new Map(before?.metrics);
  for (const [metric, now] of measured.metrics) {
    const change = { metric, before: metrics.get(metric), now };
    const way = wayOf(change, directionOf(metric), lets(metric));
    if (way === undefined) continue;
    changes[way].push(change);
    if (way !== 'kept') metrics.set(metric, now);
  }
  const findings = ratchetFindings(before, measured, lets(NEW_FINDINGS));
  const loosened = new Map(before?.loosened);
  for (const { metric } of changes.tightened) loosened.delete(metric);
  if (loosening !== undefined) {
    for (const { metric } of changes.loosened) loosened.set(metric, loosening.note);
    if (findings.accepted > 0) loosened.set(NEW_FINDINGS, loosening.note);
  }
  const tools = new Map([...(before?.tools ?? []), ...measured.tools]);
  const { next, ...counts } = findings;
  return { next: { metrics, tools, findings: next, loosened }, ...changes, ...counts };
}

type Way = 'tightened' | 'added' | 'loosened' | 'kept';

/** Undefined where nothing changed. What another tool measured is no better and no worse: a person has to say so. */
function wayOf(
  { before, now }: MetricChange,
  direction: Direction | undefined,
  isLet: boolean,
): Way | undefined {
  if (before === undefined) return 'added';
  const isSameTool = before.by === now.by;
  if (isSameTool && before.value === now.value) return undefined;
  if (isSameTool && isBetter(direction, now.value, before.value)) return 'tightened';
  return isLet ? 'loosened' : 'kept';
}

/** Findings of runners that did not measure stay; those of runners that are new here are taken in. */
function ratchetFindings(before: Baseline | undefined, measured: Measured, letsIn: boolean) {
  const { tools, isGone } = measured;
  const found = measured.found.filter(({ finding }) => isCompared(finding));
  const next = new Map<Identity, number>();
  const known = new Map<Identity, number>();
  for (const [identity, count] of before?.findings ?? []) {
    (tools.has(partsOf(identity).tool) ? known : next).set(identity, count);
  }
  const adopted = [...tools.keys()].filter((tool) => before?.tools.has(tool) !== true);
  const isAdopted = ({ identity }: Identified) => adopted.includes(partsOf(identity).tool);
  const comparison = compareFindings(
    found.filter((one) => !isAdopted(one)),
    known,
    isGone,
  );
  const fresh = new Set(letsIn ? [] : comparison.fresh);
  for (const { identity, finding } of found) {
    if (!fresh.has(finding)) next.set(identity, (next.get(identity) ?? 0) + 1);
  }
  const fixed = [...comparison.fixed.values()].reduce((sum, count) => sum + count, 0);
  const accepted = letsIn ? comparison.fresh.length : 0;
  return { next, adopted, fixed, fresh: fresh.size, accepted };
}

function isBetter(direction: Direction | undefined, now: number, before: number): boolean {
  return direction?.better === 'lower' ? now < before : now > before;
}

const STEADY = ['count', 'ratio', 'bytes', 'number'];

/**
 * Whether the baseline keeps a metric: numbers with a better direction that a tool measured. Times and rates are
 * another at every run, so they are kept only where a sentence asks for it.
 */
export function isKept(entry: CatalogueEntry, sentences: readonly Sentence[]): boolean {
  const folded: readonly string[] = [recorded.id, traffic.id, compared.id];
  if (entry.better === 'as_asked' || entry.measuredBy.some((id) => folded.includes(id)))
    return false;
  if (STEADY.includes(entry.dimension)) return true;
  return (
    ['time', 'rate', 'users'].includes(entry.dimension) &&
    sentences.some(({ expr }) => usesBaseline(expr) && metricsOf(expr).includes(entry.name))
  );
}
