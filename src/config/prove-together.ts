/** Gates and environments together: what the gates name exists, and what is declared is named. */

import { nearest } from '../language/index.ts';
import type { AgentAction, PathName } from '../judge/deployment.ts';
import { environmentOf, isBuiltIn, stepsOf } from '../judge/steps.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { Layer } from './layers.ts';
import type { PlacedEnvironment } from './prove-environments.ts';
import type { Placed } from './prove-order.ts';
import { checkProbesTogether } from './prove-probe-names.ts';

/** What the places in shipped gate files begin with. */
const SHIPPED = 'nemesis/gates/';

/**
 * A repository without environments is judged and never released. With some, every gate finds its own: the steps
 * a gate needs there are asked for when a release is planned, so that what is half written can be judged.
 */
export function checkTogether(
  layers: readonly Layer[],
  gates: readonly Placed[],
  environments: readonly PlacedEnvironment[],
  diagnostics: Diagnostic[],
): void {
  if (environments.length === 0) return;
  const names = environments.map(({ environment }) => environment.name);
  for (const { agent, document } of gates) {
    const wanted = agent.action?.deployment?.environment;
    if (wanted === undefined || names.includes(wanted)) continue;
    const near = nearest(wanted, names);
    // A service may have production alone: a shipped gate without its environment has nothing to act on.
    if (near === undefined && agent.place.file.startsWith(SHIPPED)) continue;
    const spot = document.spot(['deployment', 'environment']);
    const help =
      near === undefined
        ? `add it under \`environments\`; there: ${names.join(', ')}`
        : `rename ${near} under \`environments\`, or name it here`;
    diagnostics.push(at(spot, `no environment is called \`${wanted}\``, [help]));
  }
  if (diagnostics.length > 0) return;
  for (const environment of environments) {
    checkSteps(environment, gates, diagnostics);
    checkOneWay(environment, gates, diagnostics);
  }
  if (diagnostics.length === 0) checkProbesTogether(layers, environments, gates, diagnostics);
}

function checkSteps(
  { environment, document }: PlacedEnvironment,
  gates: readonly Placed[],
  diagnostics: Diagnostic[],
): void {
  const { name, steps } = environment;
  const named = gates.flatMap(({ agent: { action } }) =>
    action !== undefined && environmentOf(action) === name ? stepsOf(action) : [],
  );
  const wanted = [...new Set(named.map((step) => step.name))].filter((step) => !isBuiltIn(step));
  for (const step of Object.keys(steps)) {
    if (wanted.includes(step)) continue;
    const spot = document.keySpot(['environments', name, 'steps', step]);
    if (isBuiltIn(step)) {
      diagnostics.push(at(spot, `\`${step}\` is built in`, ['take it out']));
      continue;
    }
    const near = nearest(step, wanted);
    const known = wanted.length === 0 ? 'they name none' : `they name: ${wanted.join(', ')}`;
    const help = [near === undefined ? known : `write ${near}`];
    diagnostics.push(at(spot, `no gate of ${name} names the step \`${step}\``, help));
  }
}

/** Paths are walked one by one, or all by one step: both would try them twice. */
function checkOneWay(
  { environment, document }: PlacedEnvironment,
  gates: readonly Placed[],
  diagnostics: Diagnostic[],
): void {
  const { name, steps, probes = {} } = environment;
  for (const { step, paths } of gates.flatMap(({ agent }) => suitesOf(agent.action, name))) {
    const probe = paths.find((path) => Object.hasOwn(probes, path.name))?.name;
    if (!Object.hasOwn(steps, step) || probe === undefined) continue;
    const spot = document.keySpot(['environments', name, 'steps', step]);
    const message = `\`${step}\` walks all paths itself, and the probe \`${probe}\` is one of them`;
    diagnostics.push(at(spot, message, ['keep the step or the probes']));
  }
}

/** What an agent tries in an environment, with the step that may stand for all of it. */
function suitesOf(
  action: AgentAction | undefined,
  environment: string,
): readonly { readonly step: string; readonly paths: readonly PathName[] }[] {
  const { smoke, validation } = action ?? {};
  const suites = [
    { of: smoke, paths: smoke?.paths },
    { of: validation, paths: validation?.checks },
  ];
  return suites.flatMap(({ of, paths }) => {
    const step = of?.environment === environment ? of.step?.name : undefined;
    return step === undefined || paths === undefined ? [] : [{ step, paths }];
  });
}
