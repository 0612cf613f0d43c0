/** The runners of one gate file: names that exist, and those the file itself declares. */

import { nearest } from '../language/index.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import { compared } from '../judge/compared.ts';
import { recorded } from '../judge/recorded.ts';
import { traffic } from '../judge/traffic.ts';
import type { Diagnostic } from '../failure.ts';
import type { CustomRunner } from './config.ts';
import { customRunnerOf } from './custom-runner.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import type { Known } from './prove.ts';
import type { Document, Step } from './yaml.ts';

/** The runners a file declares, each with a name and metrics that nobody else uses otherwise. */
export function declaredRunners(
  document: Document,
  file: GateFile,
  known: Known,
  diagnostics: Diagnostic[],
): CustomRunner[] {
  const taken = new Set([...known.runnerIds, recorded.id, traffic.id, compared.id]);
  return (file.runners ?? []).flatMap((entry, index) => {
    if (typeof entry === 'string') return [];
    const path = ['runners', index];
    const complain = (steps: readonly Step[], message: string, help: readonly string[]) => {
      diagnostics.push(at(document.spot([...path, ...steps]), message, help));
    };
    const place = document.spot([...path, 'id']);
    const made = customRunnerOf(entry, complain, place);
    if (taken.has(entry.id)) {
      complain(['id'], `a runner is called \`${entry.id}\` already`, ['choose another id']);
    }
    taken.add(entry.id);
    if (made === undefined) return [];
    const metrics = Object.entries(made.metrics).filter(([name, { dimension }]) => {
      const own = known.catalogue.get(name);
      if (own !== undefined && own.measuredBy.length > 0) {
        const message = `\`${name}\` is measured by ${own.measuredBy.join(' or ')} already`;
        complain(['metrics', name], message, ['choose another name']);
        return false;
      }
      const wanted = own?.dimension ?? dimension;
      if (wanted === dimension) return true;
      const message = `\`${name}\` is a metric of nemesis already, of type ${wanted}`;
      complain(['metrics', name], message, [`say unit: ${wanted}, or choose another name`]);
      return false;
    });
    return [{ ...made, metrics: Object.fromEntries(metrics) }];
  });
}

/** Each entry's alternatives; a declared runner is its own only one. */
export function runnersOf(
  document: Document,
  file: GateFile,
  known: Known,
  custom: readonly CustomRunner[],
  diagnostics: Diagnostic[],
): string[][] {
  const ids = [...known.runnerIds, ...custom.map((runner) => runner.id)];
  return (file.runners ?? []).map((entry, index) => {
    if (typeof entry !== 'string') return [entry.id];
    const names = entry.trim().split(/\s+or\s+/);
    for (const name of names) {
      if (ids.includes(name)) continue;
      const near = nearest(name, ids);
      diagnostics.push(
        at(document.spot(['runners', index]), `no runner is called \`${name}\``, [
          near === undefined ? `known: ${ids.join(', ')}` : `write ${near}`,
        ]),
      );
    }
    return names;
  });
}

/** The catalogue with the metrics of runners that gate files declare. */
export function withCustom(catalogue: Catalogue, custom: readonly CustomRunner[]): Catalogue {
  if (custom.length === 0) return catalogue;
  const all = new Map(catalogue);
  for (const runner of custom) {
    for (const [name, metric] of Object.entries(runner.metrics)) {
      const measuredBy = [...(all.get(name)?.measuredBy ?? []), runner.id];
      all.set(name, { ...metric, name, measuredBy });
    }
  }
  return all;
}
