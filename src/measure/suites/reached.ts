/** The lines that any suite runs, with those of declared runners that join them. */

import { SUITE_NAMES } from '../../config/config.ts';
import { familyOf, type Family } from '../change/roles.ts';
import { unionOf, type LineHits } from '../formats/lcov.ts';
import type { Project } from '../project.ts';
import type { Measurement, MetricValue } from '../runner.ts';
import { absent, hasNumbers } from '../tool.ts';
import { carriedLines } from '../line-coverage.ts';
import { findSuite } from './discover.ts';

export interface Reached {
  readonly lines: LineHits;
  /** What the tools behind it could have counted. */
  readonly families: ReadonlySet<Family>;
}

/** End-to-end tests run a whole service, and count no lines. */
const COUNTING_SUITES = SUITE_NAMES.filter((name) => name !== 'e2e');

/** Ids of what counts lines here: suites, and declared runners that join them. */
export function countingRunners({ coverage }: Project): readonly string[] {
  return [...COUNTING_SUITES, ...(coverage?.joined ?? [])];
}

/** Those of them that are declared. */
export function countingIn(project: Project): readonly string[] {
  const suites = COUNTING_SUITES.filter((name) => findSuite(project, name).kind !== 'none');
  return [...suites, ...(project.coverage?.joined ?? [])];
}

/** What stands instead where one of them is silent: a union without it would look complete. */
export function reachedLines(
  project: Project,
  earlier: ReadonlyMap<string, Measurement>,
): Reached | Measurement {
  const lines: LineHits[] = [];
  const families = new Set<Family>();
  let uncounted: string | undefined;
  const declared = countingIn(project);
  for (const id of countingRunners(project)) {
    const notRun = declared.includes(id)
      ? absent('skipped', 'it was not run before this')
      : undefined;
    const measurement = earlier.get(id) ?? notRun;
    if (measurement === undefined || measurement.state === 'not_applicable') continue;
    if (!hasNumbers(measurement)) return repeated(id, measurement);
    const { notApplicable, missing = `${id} left no line data to put together` } = whyNone(
      measurement.metrics[`${id}.coverage`],
    );
    const carried = carriedLines(measurement);
    if (carried !== undefined) {
      lines.push(carried);
      for (const family of familiesOf(measurement, carried)) families.add(family);
    } else if (notApplicable === undefined) return absent('nothing_measured', missing);
    else uncounted ??= notApplicable;
  }
  if (lines.length > 0) return { lines: unionOf(lines), families };
  return absent('not_applicable', uncounted ?? 'no suite counts lines here');
}

function whyNone(value: MetricValue | undefined): { notApplicable?: string; missing?: string } {
  return typeof value === 'object' ? value : {};
}

function repeated(id: string, { state, why, help, causedBy = id }: Measurement): Measurement {
  return { ...absent(state as 'skipped', `${id}: ${why ?? state}`, help), causedBy };
}

function familiesOf({ evidence }: Measurement, lines: LineHits): readonly Family[] {
  const named = evidence?.tool === 'pytest' ? ['python' as const] : [];
  const found = [...lines.keys()].flatMap((file) => familyOf(file) ?? []);
  const isNode = ['jest', 'vitest', 'mocha', 'node-test'].includes(evidence?.tool ?? '');
  return [...named, ...(isNode ? ['js' as const] : []), ...found];
}
