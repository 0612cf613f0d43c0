/** What an agent of the staging and production gates does to an environment, proved. */

import type { Stage } from '../judge/agent.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import type { AgentAction } from '../judge/deployment.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import { rolloutKeys } from './gate-schema-rollout.ts';
import { comparisonOf } from './prove-comparison.ts';
import { deploymentOf } from './prove-deployment.ts';
import { smokeOf, validationOf } from './prove-paths.ts';
import { triggersOf } from './prove-triggers.ts';
import type { Document } from './yaml.ts';

/** Of each gate, the environment its deployment releases to. */
export type DeploysTo = ReadonlyMap<Stage, string>;

type Key = keyof typeof rolloutKeys & keyof GateFile;

export function actionOf(
  document: Document,
  file: GateFile,
  stage: Stage,
  known: { readonly catalogue: Catalogue; readonly deploysTo: DeploysTo },
  diagnostics: Diagnostic[],
): AgentAction | undefined {
  const keys = (Object.keys(rolloutKeys) as Key[]).filter((key) => file[key] !== undefined);
  const [first] = keys;
  if (first === undefined) return undefined;
  const complain = (key: Key, message: string, help: string) => {
    diagnostics.push(at(document.keySpot([key]), message, [help]));
  };
  if (stage !== 'staging' && stage !== 'production') {
    const help = 'move this file into gates/staging/ or gates/production/';
    complain(first, `the ${stage} gate acts on no environment`, help);
    return undefined;
  }
  for (const [key, needs] of lonelyKeys(file)) {
    complain(key, `\`${key}\` means nothing here`, `it goes with ${needs.join(' or ')}`);
  }
  const environment = known.deploysTo.get(stage);
  const acting = ACTS.find((key) => file[key] !== undefined);
  if (environment === undefined && acting !== undefined) {
    const help = 'give an agent of this gate a `deployment`';
    complain(acting, `no agent of the ${stage} gate deploys, so there is nothing to watch`, help);
  }
  const where = { environment: environment ?? '' };
  const deployment = deploymentOf(document, file, diagnostics);
  const smoke = smokeOf(document, file, diagnostics);
  const validation = validationOf(document, file, diagnostics);
  const canary = canaryOf(document, file, known.catalogue, diagnostics);
  return {
    ...(deployment && { deployment }),
    ...(canary && { canary: { ...where, ...canary } }),
    ...(smoke && { smoke: { ...smoke, ...where } }),
    ...(validation && { validation: { ...validation, ...where } }),
    requiresApproval: file.requires_approval ?? false,
    rollbackTriggers: triggersOf(document, file, known.catalogue, diagnostics),
  };
}

/** Keys that mean something only beside one of others. */
const NEEDS: readonly (readonly [key: Key, needs: readonly Key[]])[] = [
  ['requires_approval', ['deployment']],
  ['rollback_triggers', ['deployment', 'canary_config', 'monitoring_window']],
  ['instant_rollback_triggers', ['deployment', 'canary_config', 'monitoring_window']],
  ['max_duration', ['critical_paths']],
  ['failure_threshold', ['critical_paths']],
  ['validation_suite', ['monitoring_window']],
  ['alert_sensitivity', ['validation_suite']],
  ['undeclared', ['validation_suite']],
];

const lonelyKeys = (file: GateFile) =>
  NEEDS.filter(
    ([key, needs]) => file[key] !== undefined && needs.every((other) => file[other] === undefined),
  );

/** What an agent does where another one has deployed. */
const ACTS: readonly Key[] = ['critical_paths', 'canary_config', 'monitoring_window'];

function canaryOf(
  document: Document,
  file: GateFile,
  catalogue: Catalogue,
  diagnostics: Diagnostic[],
) {
  const canary = file.canary_config;
  if (canary === undefined) return undefined;
  const { traffic_split: share, duration: durationMs } = canary;
  if (share <= 0 || share >= 1) {
    const spot = document.spot(['canary_config', 'traffic_split']);
    diagnostics.push(
      at(spot, 'a canary takes a part of the traffic: more than 0%, less than 100%'),
    );
  }
  return { share, durationMs, ...comparisonOf(document, canary, catalogue, diagnostics) };
}
