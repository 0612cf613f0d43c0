/** Probes and gates together: what is declared is named by a gate, or needed by what is. */

import { nearest } from '../language/index.ts';
import { environmentOf, pathsOf } from '../judge/steps.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { Layer } from './layers.ts';
import { neededBy } from './needed-probes.ts';
import type { Probe, Probes } from './probe.ts';
import { checkProbes } from './prove-probes.ts';
import type { PlacedEnvironment } from './prove-environments.ts';
import type { Placed } from './prove-order.ts';
import type { Document, Step } from './yaml.ts';

export function checkProbesTogether(
  layers: readonly Layer[],
  environments: readonly PlacedEnvironment[],
  gates: readonly Placed[],
  diagnostics: Diagnostic[],
): void {
  const named = (environment?: string) =>
    gates.flatMap(({ agent: { action } }) => {
      const isMeant =
        environment === undefined || (action && environmentOf(action)) === environment;
      return action === undefined || !isMeant ? [] : pathsOf(action).map(({ name }) => name);
    });
  const all: Record<string, Probe> = {};
  for (const { environment } of environments) Object.assign(all, environment.probes);
  for (const { data, document } of layers) {
    if (document === undefined) continue;
    const own = Object.keys(data.probes ?? {});
    checkNames(document, ['probes'], own, named(), all, diagnostics);
  }
  for (const { environment, document } of environments) {
    const { name, probes = {} } = environment;
    const path = ['environments', name, 'probes'];
    const own = Object.keys(probes).filter((probe) => isIn(document, [...path, probe], probes));
    checkNames(document, path, own, named(name), probes, diagnostics);
  }
  if (diagnostics.length > 0) return;
  for (const { environment, document } of environments) {
    const { name, probes = {} } = environment;
    const inner = ['environments', name, 'probes'];
    const pathOf = (probe: string) =>
      isIn(document, [...inner, probe], probes) ? [...inner, probe] : ['probes', probe];
    checkProbes(probes, document, pathOf, diagnostics);
    checkAddress({ environment, document }, named(name), diagnostics);
  }
}

/** Does the probe stand at this place of the file, and not among those of all environments? */
function isIn(document: Document, path: readonly Step[], probes: Probes): boolean {
  const probe = probes[String(path.at(-1))];
  const { file, line, column } = document.keySpot(path);
  const place = probe?.place;
  return place?.file === file && place.line === line && place.column === column;
}

function checkNames(
  document: Document,
  path: readonly Step[],
  own: readonly string[],
  wanted: readonly string[],
  probes: Probes,
  diagnostics: Diagnostic[],
): void {
  const used = new Set([...wanted, ...neededBy(wanted, probes)]);
  for (const name of own) {
    if (used.has(name)) continue;
    const near = nearest(name, [...new Set(wanted)]);
    const known = wanted.length === 0 ? 'they name none' : `they name: ${wanted.join(', ')}`;
    const help = near === undefined ? known : `write ${near}`;
    diagnostics.push(
      at(document.keySpot([...path, name]), `no gate names the probe \`${name}\``, [help]),
    );
  }
}

/** Scripts know where they act; who asks over HTTP has to be told. */
function checkAddress(
  { environment: { name, driver, probes = {} }, document }: PlacedEnvironment,
  wanted: readonly string[],
  diagnostics: Diagnostic[],
): void {
  if (driver.kind !== 'command' || driver.url !== undefined) return;
  const asks = neededBy(wanted, probes).find((one) =>
    ['http', 'page'].includes(probes[one]?.kind ?? ''),
  );
  if (asks === undefined) return;
  const message = `the probe \`${asks}\` asks over HTTP, and nobody says where ${name} answers`;
  const spot = document.keySpot(['environments', name, 'driver']);
  diagnostics.push(at(spot, message, [`add url: https://${name}.example`]));
}
