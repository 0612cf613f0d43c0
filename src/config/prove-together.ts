/** Gates and environments together: what the gates name exists, and what is declared is named. */

import { nearest } from '../language/index.ts';
import { environmentOf, isBuiltIn, stepsOf } from '../judge/steps.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { PlacedEnvironment } from './prove-environments.ts';
import type { Placed } from './prove-order.ts';

/** What the places in shipped gate files begin with. */
const SHIPPED = 'nemesis/gates/';

/**
 * A repository without environments is judged and never released. With some, every gate finds its own: the steps
 * a gate needs there are asked for when a release is planned, so that what is half written can be judged.
 */
export function checkTogether(
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
  for (const environment of environments) checkSteps(environment, gates, diagnostics);
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
