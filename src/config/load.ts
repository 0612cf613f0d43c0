/** From a folder to a proven configuration: every layer read, every agent proved, every overlay applied. */

import path from 'node:path';
import { nearest } from '../language/index.ts';
import type { Agent } from '../judge/agent.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import type { Tolerance, ToolState } from '../judge/reading.ts';
import type { Diagnostic } from '../failure.ts';
import type { Config, CustomRunner } from './config.ts';
import { at } from './diagnose.ts';
import { openGates, type OpenedGate } from './gate-files.ts';
import { ownLayers, presetLayers, type Layer, type LayerContext } from './layers.ts';
import { createLook, type Seen } from './look.ts';
import { applyOverlay } from './overlay.ts';
import { proveAgent, withCustom } from './prove.ts';

export interface LoadOptions {
  /** Absolute root of the judged project. */
  readonly root: string;
  readonly repositoryTop: string | undefined;
  /** Folder of the installed nemesis. */
  readonly packageRoot: string;
  readonly catalogue: Catalogue;
  readonly runnerIds: readonly string[];
}

export interface Loaded {
  readonly config: Config;
  readonly agents: readonly Agent[];
}

export type Load =
  | { readonly ok: true; readonly value: Loaded; readonly seen: Seen }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export function loadConfig(options: LoadOptions): Load {
  const diagnostics: Diagnostic[] = [];
  const context: LayerContext = {
    packageRoot: options.packageRoot,
    limit: options.repositoryTop ?? options.root,
    shownAs: (file) => shownAs(file, options),
    look: createLook(),
    diagnostics,
  };
  const own = ownLayers(options.root, context);
  const layers = own ?? presetLayers('nemesis/recommended', context);

  const proved = proveLayers(layers, options, context);
  const custom = [...proved.values()].flatMap((agent) => agent.custom);
  const catalogue = withCustom(options.catalogue, custom);
  let agents: readonly Agent[] = [...proved.values()].map(({ agent }) => agent);
  // A sentence that could not be proved is missing here: its absence must not be reported a second time.
  if (diagnostics.length === 0) {
    for (const layer of layers) agents = applyOverlay(agents, layer, catalogue, diagnostics);
  }
  const runnerIds = [...options.runnerIds, ...custom.map(({ id }) => id)];
  const tolerate = layers.flatMap((layer) => tolerances(layer, runnerIds, diagnostics));
  checkRequired(layers, runnerIds, diagnostics);
  if (diagnostics.length > 0) return { ok: false, diagnostics: inOrder(diagnostics) };
  const config = merge(layers, own !== undefined, custom, tolerate, options);
  return { ok: true, value: { config, agents }, seen: context.look.seen() };
}

/** By file and place, each once. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = ({ place, message }: Diagnostic) =>
    `${place.file}:${place.line}:${place.column} ${message}`;
  const once = [
    ...new Map(diagnostics.map((diagnostic) => [key(diagnostic), diagnostic])).values(),
  ];
  return once.sort(
    (a, b) =>
      a.place.file.localeCompare(b.place.file, 'en') ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column,
  );
}

function shownAs(file: string, { root, packageRoot }: LoadOptions): string {
  const inner = path.relative(root, file);
  if (!inner.startsWith('..') && !path.isAbsolute(inner)) return inner;
  const own = path.relative(packageRoot, file);
  return own.startsWith('..') || path.isAbsolute(own) ? file : `nemesis/${own}`;
}

type ProvedAgent = { readonly agent: Agent; readonly custom: readonly CustomRunner[] };

/** Agents by id; a later layer's file replaces an earlier one with the same id. */
function proveLayers(
  layers: readonly Layer[],
  options: LoadOptions,
  context: LayerContext,
): ReadonlyMap<string, ProvedAgent> {
  const opened = new Map<string, OpenedGate>();
  for (const folder of new Set(layers.flatMap(({ gates }) => gates ?? []))) {
    const here = new Map<string, OpenedGate>();
    for (const gate of openGates(folder, context)) {
      const id = gate.data.agent_id;
      const twin = here.get(id);
      if (twin !== undefined) {
        const spot = gate.document.spot(['agent_id']);
        context.diagnostics.push(
          at(spot, `${id} stands in ${twin.document.file} too`, ['keep one of them']),
        );
      }
      here.set(id, gate);
    }
    for (const [id, gate] of here) opened.set(id, gate);
  }
  const proved = new Map<string, ProvedAgent>();
  for (const [id, gate] of opened) {
    const { agent, diagnostics } = proveAgent(gate.document, gate.data, gate.stage, options);
    context.diagnostics.push(...diagnostics);
    if (agent !== undefined) proved.set(id, agent);
  }
  return proved;
}

function tolerances(
  { data, document }: Layer,
  runnerIds: readonly string[],
  diagnostics: Diagnostic[],
): Tolerance[] {
  return Object.entries(data.tolerate ?? {}).flatMap(([runner, states]) => {
    if (!runnerIds.includes(runner)) {
      const near = nearest(runner, runnerIds);
      const spot = document!.keySpot(['tolerate', runner]);
      diagnostics.push(
        at(spot, `no runner is called \`${runner}\``, [
          near ? `write ${near}` : `known: ${runnerIds.join(', ')}`,
        ]),
      );
    }
    return states.map((state, index) => {
      const { file, line, column } = document!.spot(['tolerate', runner, index]);
      return { runner, state: state satisfies ToolState, place: { file, line, column } };
    });
  });
}

function checkRequired(
  layers: readonly Layer[],
  runnerIds: readonly string[],
  diagnostics: Diagnostic[],
) {
  for (const { data, document } of layers) {
    (data.require ?? []).forEach((runner, index) => {
      if (runnerIds.includes(runner)) return;
      const near = nearest(runner, runnerIds);
      const spot = document!.spot(['require', index]);
      diagnostics.push(
        at(spot, `no runner is called \`${runner}\``, [
          near ? `write ${near}` : `known: ${runnerIds.join(', ')}`,
        ]),
      );
    });
  }
}

function merge(
  layers: readonly Layer[],
  hasOwn: boolean,
  custom: readonly CustomRunner[],
  tolerate: readonly Tolerance[],
  { root }: LoadOptions,
): Config {
  const all = layers.map(({ data }) => data);
  const last = <T>(pick: (data: Layer['data']) => T | undefined): T | undefined =>
    all.map(pick).findLast((value) => value !== undefined);
  const suites = last(({ suites }) => suites) ?? {};
  const own = hasOwn ? layers.at(-1) : undefined;
  return {
    file: own?.file,
    service: last(({ service }) => service) ?? path.basename(root),
    describedAs: own?.file === undefined ? 'no config, recommended gates' : path.basename(own.file),
    mode: Object.assign({}, ...all.map(({ mode }) => mode ?? {})) as Config['mode'],
    tolerate,
    require: [...new Set(all.flatMap(({ require }) => require ?? []))],
    jobs: last(({ jobs }) => jobs) ?? 1,
    suites: Object.fromEntries(
      Object.entries(suites).map(([name, suite]) => {
        const { timeout, ...rest } = suite ?? {};
        return [name, timeout === undefined ? rest : { ...rest, timeoutMs: timeout }];
      }),
    ) as Config['suites'],
    custom,
    secrets: all.flatMap(({ secrets }) => secrets ?? []),
    timeoutMs: last(({ timeout }) => timeout) ?? 600_000,
    outputCapBytes: last(({ output_cap }) => output_cap) ?? 64 * 1024 * 1024,
  };
}
