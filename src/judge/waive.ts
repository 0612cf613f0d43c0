/** Takes waived findings out of what one runner measured, and out of the numbers they were counted in. Pure. */

import type { Datum } from '../language/index.ts';
import type { MetricDeclaration } from './catalogue.ts';
import type { Finding } from './finding.ts';
import { coversFinding, hasExpired, type WaivedFinding, type Waiver } from './waiver.ts';

/** What a runner said, as far as waivers look at it. */
export interface Countable {
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
  /**
   * Of a metric that counts something else than findings (packages, files): each thing that is counted, as the indexes
   * of all findings behind it. It leaves the count when every one of them is waived.
   */
  readonly counts?: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** The list holds fewer findings than there are. */
  readonly findingsCut?: boolean;
}

type Declarations = Readonly<Record<string, MetricDeclaration>>;

/** The same measurement without what is waived; undefined where nothing is. */
export function waive<T extends Countable>(
  measured: T,
  runner: string,
  declarations: Declarations,
  waivers: readonly Waiver[],
  today: string,
): (T & { readonly waived: readonly WaivedFinding[] }) | undefined {
  const holding = waivers.filter((waiver) => !hasExpired(waiver, today));
  const by = measured.findings.map((finding) =>
    holding.find((waiver) => coversFinding(waiver, runner, finding)),
  );
  if (by.every((waiver) => waiver === undefined)) return undefined;
  const isWaived = (index: number) => by[index] !== undefined;
  const kept = measured.findings.filter((_, index) => !isWaived(index));
  const waived = measured.findings.flatMap((finding, index) =>
    by[index] === undefined ? [] : [{ finding, waiver: by[index] }],
  );
  const counted = new Map<string, unknown>(Object.entries(measured.metrics));
  for (const [metric, value] of counted) {
    counted.set(metric, without(metric, value, declarations[metric], measured, isWaived));
  }
  for (const [metric, { holdsWithout = [], better }] of Object.entries(declarations)) {
    const before = total(holdsWithout, new Map(Object.entries(measured.metrics)));
    const after = total(holdsWithout, counted);
    const isExplained = before !== undefined && before > 0 && after === 0;
    if (isExplained && typeof counted.get(metric) === 'boolean') {
      counted.set(metric, better === 'higher');
    }
  }
  const left = { ...measured, findings: kept, metrics: Object.fromEntries(counted), waived };
  return left;
}

/** One metric after its waived findings have left it. */
function without(
  metric: string,
  value: unknown,
  declaration: MetricDeclaration | undefined,
  { findings, counts = {}, findingsCut = false }: Countable,
  isWaived: (index: number) => boolean,
): unknown {
  const things = counts[metric];
  if (things !== undefined && typeof value === 'number') {
    const gone = things.filter((behind) => behind.length > 0 && behind.every(isWaived)).length;
    return things.length > value ? value : value - gone;
  }
  const naming = findings.flatMap((finding, index) => (finding.metric === metric ? [index] : []));
  const gone = naming.filter(isWaived).length;
  if (gone === 0 || declaration === undefined) return value;
  if (isCount(declaration) && typeof value === 'number') {
    // More named than counted: then it is no count of findings, and nothing can be taken out of it.
    return naming.length > value ? value : value - gone;
  }
  const isRefuted = typeof value === 'boolean' && !findingsCut && gone === naming.length;
  return isRefuted ? declaration.better === ('higher' satisfies Datum) : value;
}

const isCount = ({ dimension, better }: MetricDeclaration) =>
  dimension === 'count' && better === 'lower';

/** What these counts come to; undefined where one of them is no number. */
function total(
  names: readonly string[],
  metrics: ReadonlyMap<string, unknown>,
): number | undefined {
  if (names.length === 0) return undefined;
  const values = names.map((name) => metrics.get(name));
  return values.every((value) => typeof value === 'number')
    ? values.reduce((sum, value) => sum + value, 0)
    : undefined;
}
