/** Where a remark stands, as the programs want it that show it beside the code: relative to the repository's top. */

import type { CheckResult } from '../pipeline/result.ts';
import type { Waiver } from '../judge/waiver.ts';
import { metricsOf } from '../language/index.ts';
import type { ToldFinding, ToldSentence } from './story.ts';

/** What an output has to know besides the result. */
export interface Surroundings {
  /** Of nemesis. */
  readonly version: string;
  /** The judged folder, seen from the top of its repository: empty, or `services/shop/`. */
  readonly prefix: string;
}

export interface Spot {
  /** `/` as separator, and never out of the repository. */
  readonly path: string;
  /** A file of the repository, or one that nemesis brings along. */
  readonly of: 'repository' | 'nemesis';
  readonly line: number;
  readonly column: number | undefined;
  /** The remark itself has no file: this is the sentence that asked for it. */
  readonly instead?: true;
}

/** Of a finding: its file, or else the sentence that its number was asked for by. */
export function spotOf(
  { finding, runner }: Pick<ToldFinding, 'finding' | 'runner'>,
  finder: SpotFinder,
): Spot {
  const { file, line = 1, column } = finding;
  const path = file === undefined ? undefined : inside(file);
  if (path === undefined) return finder.askedBy(runner.gate, finding.metric);
  return { path: finder.prefix + path, of: 'repository', line, column };
}

export function sentenceSpot({ judged }: ToldSentence, { prefix }: Pick<Surroundings, 'prefix'>) {
  return placeSpot(judged.sentence.place, prefix);
}

export const waiverSpot = ({ place }: Waiver, { prefix }: Pick<Surroundings, 'prefix'>): Spot =>
  placeSpot(place, prefix);

const SHIPPED = 'nemesis/gates/';

function placeSpot(
  { file, line }: { readonly file: string; readonly line: number },
  prefix: string,
): Spot {
  const path = inside(file) ?? file.split(/[/\\]/).at(-1)!;
  const of = path.startsWith(SHIPPED) ? 'nemesis' : 'repository';
  return { path: of === 'nemesis' ? path : prefix + path, of, line, column: undefined };
}

/** Without `.` and `..`; undefined of what lies elsewhere. */
function inside(file: string): string | undefined {
  if (/^(?:[/\\]|[A-Za-z]:[/\\])/.test(file)) return undefined;
  const steps: string[] = [];
  for (const step of file.split('/')) {
    if (step === '' || step === '.') continue;
    if (step === '..' && steps.pop() === undefined) return undefined;
    if (step !== '..') steps.push(step);
  }
  return steps.length === 0 ? undefined : steps.join('/');
}

export interface SpotFinder {
  readonly prefix: string;
  /** The sentence about that metric, else the first one of the gate, else the configuration. */
  askedBy(gate: string, metric: string | undefined): Spot;
}

export function spotFinder({ verdicts, configuration }: CheckResult, prefix: string): SpotFinder {
  const byMetric = new Map<string, Spot>();
  const byGate = new Map<string, Spot>();
  for (const { gate, sentences } of verdicts) {
    for (const { sentence } of sentences) {
      const spot: Spot = { ...placeSpot(sentence.place, prefix), instead: true };
      if (!byGate.has(gate)) byGate.set(gate, spot);
      for (const metric of metricsOf(sentence.expr))
        if (!byMetric.has(metric)) byMetric.set(metric, spot);
    }
  }
  const isFile = /^[\w.-]+\.[a-z]+$/i.test(configuration);
  const file = isFile ? configuration : 'package.json';
  const last: Spot = { ...placeSpot({ file, line: 1 }, prefix), instead: true };
  return {
    prefix,
    askedBy: (gate, metric) =>
      (metric === undefined ? undefined : byMetric.get(metric)) ?? byGate.get(gate) ?? last,
  };
}
