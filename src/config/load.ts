/** From a folder to a proven configuration: every layer read, every agent proved, every overlay applied. */

import path from 'node:path';
import type { Agent, Stage } from '../judge/agent.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import { recorded } from '../judge/recorded.ts';
import type { Diagnostic } from '../failure.ts';
import type { Config, CustomRunner } from './config.ts';
import { bundleOf } from './bundle.ts';
import { at } from './diagnose.ts';
import { openGates, type OpenedGate } from './gate-files.ts';
import { ownLayers, presetLayers, type Layer, type LayerContext } from './layers.ts';
import { createLook, type Look, type Seen } from './look.ts';
import { mergeLayers } from './merge.ts';
import { applyOverlay } from './overlay.ts';
import { proveAgent } from './prove.ts';
import type { DeploysTo } from './prove-action.ts';
import { environmentsOf, releaseOf } from './prove-environments.ts';
import { tolerancesOf, unknownRequired } from './prove-names.ts';
import { checkOrder, type Placed } from './prove-order.ts';
import { withCustom } from './prove-runners.ts';
import { suitesOf, type PlacedSuites } from './prove-suites.ts';
import { checkTogether } from './prove-together.ts';
import { waiversOf } from './waivers.ts';
import type { Kept } from './yaml.ts';

export interface LoadOptions {
  /** Absolute root of the judged project. */
  readonly root: string;
  readonly repositoryTop: string | undefined;
  /** Folder of the installed nemesis. */
  readonly packageRoot: string;
  readonly catalogue: Catalogue;
  readonly runnerIds: readonly string[];
  /** Epoch milliseconds; without it, waivers may end as late as they like. */
  readonly now?: number;
  /** Files nemesis brings, by absolute path, as they were read when it was built. */
  readonly kept?: ReadonlyMap<string, Kept>;
  /** Sees another version of the project than the one on the disk. */
  readonly look?: Look;
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
    look: options.look ?? createLook(),
    isElsewhere: options.look !== undefined,
    kept: options.kept ?? new Map<string, Kept>(),
    extended: [],
    packages: new Map(),
    diagnostics,
  };
  const own = ownLayers(options.root, context);
  const layers = own ?? presetLayers('nemesis/recommended', context);

  // A name that nothing knows may stand in what could not be read.
  const lacksLayers = diagnostics.length > 0;

  const proved = proveLayers(layers, options, context);
  const isCut = diagnostics.length > 0;
  const custom = [...proved.values()].flatMap((agent) => agent.custom);
  const catalogue = withCustom(options.catalogue, custom);
  let agents: readonly Agent[] = [...proved.values()].map(({ agent }) => agent);
  if (diagnostics.length === 0 && agents.every(({ sentences }) => sentences.length === 0)) {
    diagnostics.push(nothingToJudge(layers, context));
  }
  // A sentence that could not be proved is missing here: its absence must not be reported a second time.
  if (diagnostics.length === 0) {
    for (const layer of layers) agents = applyOverlay(agents, layer, catalogue, diagnostics);
  }
  const environments = environmentsOf(layers, diagnostics);
  const release = releaseOf(layers, diagnostics);
  const bundle = bundleOf(layers, diagnostics);
  const suites = suitesOf(layers, [...proved.values()], diagnostics);
  if (diagnostics.length === 0)
    checkTogether(layers, [...proved.values()], environments, diagnostics);
  const runnerIds = [...options.runnerIds, ...custom.map(({ id }) => id)];
  const absent = [...runnerIds, recorded.id];
  const unknown = lacksLayers ? [] : diagnostics;
  const tolerate = layers.flatMap((layer) => tolerancesOf(layer, absent, unknown));
  unknown.push(...layers.flatMap((layer) => unknownRequired(layer, runnerIds)));
  const known = { ...options, agents, catalogue, runnerIds, isCut };
  const waivers = waiversOf(layers, known, context);
  if (diagnostics.length > 0) return { ok: false, diagnostics: inOrder(diagnostics) };
  const places = {
    environments: environments.map(({ environment }) => environment),
    release,
    bundle,
    waivers,
    packages: [...context.packages].map(([name, version]) => ({ name, version })),
    ...suites,
  };
  const config = mergeLayers(layers, own !== undefined, custom, tolerate, options.root, places);
  return { ok: true, value: { config, agents }, seen: context.look.seen() };
}

/** Gates without a sentence would let everything pass. */
function nothingToJudge(layers: readonly Layer[], { shownAs }: LayerContext): Diagnostic {
  const { file, document } = layers.at(-1) ?? {};
  const message = 'no gate file in force holds a sentence, so nothing would be judged';
  const help = ['extend nemesis/strict or nemesis/recommended, or name a folder of `gates`'];
  if (document !== undefined) return at(document.spot(['gates']), message, help);
  return { place: { file: shownAs(file ?? '.'), line: 1, column: 1 }, message, help };
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

type ProvedAgent = Placed & PlacedSuites & { readonly custom: readonly CustomRunner[] };

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
  const known = { ...options, deploysTo: deploysTo([...opened.values()], context.diagnostics) };
  for (const [id, { document, data, stage }] of opened) {
    const { agent, diagnostics } = proveAgent(document, data, stage, known);
    context.diagnostics.push(...diagnostics);
    if (agent !== undefined) proved.set(id, { ...agent, document });
  }
  checkTwins(
    [...proved.values()].flatMap(({ custom }) => custom),
    context.diagnostics,
  );
  if (context.diagnostics.length === 0) checkOrder([...proved.values()], context.diagnostics);
  return proved;
}

/** A gate releases to one environment. */
function deploysTo(opened: readonly OpenedGate[], diagnostics: Diagnostic[]): DeploysTo {
  const found = new Map<Stage, OpenedGate>();
  for (const gate of opened) {
    if (gate.data.deployment === undefined) continue;
    const first = found.get(gate.stage);
    if (first === undefined) found.set(gate.stage, gate);
    else {
      const message = `the ${gate.stage} gate deploys in ${first.document.file} already`;
      diagnostics.push(at(gate.document.keySpot(['deployment']), message, ['keep one of them']));
    }
  }
  return new Map([...found].map(([stage, { data }]) => [stage, data.deployment!.environment]));
}

/** Two files may not declare two runners of one name. */
function checkTwins(custom: readonly CustomRunner[], diagnostics: Diagnostic[]): void {
  const first = new Map<string, CustomRunner>();
  for (const runner of custom) {
    const { file, line } = first.get(runner.id)?.place ?? {};
    if (file === undefined) {
      first.set(runner.id, runner);
      continue;
    }
    const message = `a runner is called \`${runner.id}\` already, at ${file}:${line}`;
    diagnostics.push({ place: runner.place, message, help: ['choose another id'] });
  }
}
