/** The `deployment` of a gate file, proved: its strategy has what it needs, its steps stand where they can. */

import type { DeploymentSpec, StepName } from '../judge/deployment.ts';
import { BLUE_GREEN_ENDS } from '../judge/steps.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import { checkSequence } from './prove-sequence.ts';
import type { Document, Step } from './yaml.ts';

type Written = NonNullable<GateFile['deployment']>;
type Complain = (key: keyof Written, message: string, help: string) => void;

export function deploymentOf(
  document: Document,
  { deployment }: GateFile,
  diagnostics: Diagnostic[],
): DeploymentSpec | undefined {
  if (deployment === undefined) return undefined;
  const complain: Complain = (key, message, help) => {
    diagnostics.push(at(document.keySpot(['deployment', key]), message, [help]));
  };
  const { environment, strategy } = deployment;
  for (const key of OTHERS[strategy]) {
    if (deployment[key] === undefined) continue;
    const other = strategy === 'rolling' ? 'blue-green' : 'rolling';
    complain(key, `\`${key}\` belongs to the strategy ${other}`, `this one is ${strategy}`);
  }
  for (const key of NEEDED[strategy]) {
    if (deployment[key] !== undefined) continue;
    complain('strategy', `a ${strategy} deployment needs \`${key}\``, EXAMPLES[key]);
  }
  const steps = (key: 'pre_deploy' | 'post_deploy') =>
    (deployment[key] ?? []).map((name, index) =>
      stepName(document, ['deployment', key, index], name, diagnostics),
    );
  const batchShare = deployment.batch_size ?? 1;
  if (batchShare < LEAST_SHARE) {
    complain('batch_size', 'a batch is at least 1% of the fleet', EXAMPLES.batch_size);
  } else if (strategy === 'rolling') checkSequence(document, deployment, diagnostics);
  return {
    environment,
    strategy,
    batchShare,
    batchIntervalMs: deployment.batch_interval ?? 0,
    before: steps('pre_deploy'),
    between: betweenOf(document, deployment, diagnostics),
    after: steps('post_deploy'),
  };
}

const LEAST_SHARE = 0.01;

const OTHERS = {
  'blue-green': ['batch_size', 'batch_interval', 'deploy_sequence'],
  rolling: ['deploy'],
} as const;

const NEEDED = { 'blue-green': ['deploy'], rolling: ['batch_size', 'batch_interval'] } as const;

const EXAMPLES = {
  deploy: `write deploy: [${BLUE_GREEN_ENDS.join(', ')}]`,
  batch_size: 'write batch_size: 25%',
  batch_interval: 'write batch_interval: 5m',
} as const;

/** `deploy_to_blue_slot` and `switch_traffic_if_green` are what blue-green is; the rest stands between them. */
function betweenOf(
  document: Document,
  { deploy, strategy }: Written,
  diagnostics: Diagnostic[],
): readonly StepName[] {
  if (deploy === undefined || strategy !== 'blue-green') return [];
  const path = ['deployment', 'deploy'];
  const [first, last] = BLUE_GREEN_ENDS;
  const before = diagnostics.length;
  if (deploy[0] !== first) {
    const spot = document.spot(deploy.length === 0 ? path : [...path, 0]);
    diagnostics.push(at(spot, `a blue-green deployment begins with ${first}`, [EXAMPLES.deploy]));
  }
  if (deploy.length < 2 || deploy.at(-1) !== last) {
    const spot = document.spot(deploy.length === 0 ? path : [...path, deploy.length - 1]);
    diagnostics.push(at(spot, `a blue-green deployment ends with ${last}`, [EXAMPLES.deploy]));
  }
  if (diagnostics.length > before) return [];
  return deploy
    .slice(1, -1)
    .map((name, index) => stepName(document, [...path, index + 1], name, diagnostics));
}

/** A step with its place. The two ends of a blue-green deployment stand nowhere else. */
export function stepName(
  document: Document,
  path: readonly Step[],
  name: string,
  diagnostics: Diagnostic[],
): StepName {
  const spot = document.spot(path);
  if (BLUE_GREEN_ENDS.some((end) => end === name)) {
    const [first, last] = BLUE_GREEN_ENDS;
    const help = `in \`deploy\` of a blue-green deployment, ${first} is first and ${last} last`;
    diagnostics.push(at(spot, `${name} cannot stand here`, [help]));
  }
  return { name, place: { file: spot.file, line: spot.line, column: spot.column } };
}
