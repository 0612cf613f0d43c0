/** What an approval has to be about: exactly this release, this plan, these verdicts, and what is accepted with them. */

import { canonicalJson } from '../../history/canonical.ts';
import { sha256 } from '../../history/sha256.ts';
import type { Plan } from '../../rollout/plan.ts';
import type { Progress } from '../progress.ts';
import type { Bound } from './document.ts';

/** Any change of plan, artifact, verdicts or absences makes another digest, and voids what was approved before. */
export function boundOf(plan: Plan, progress: Progress | undefined): Bound {
  const { service, environment, release } = plan;
  const judged = [...(progress?.gates ?? [])];
  const gates = Object.fromEntries(judged.map(([gate, { verdict }]) => [gate, verdict]));
  const absences = judged.flatMap(([, { accepts }]) => accepts);
  const accepts = [...new Set([...absences, ...acceptedByPlan(plan)])];
  const planned = sha256(canonicalJson(plan));
  const evidence = sha256(canonicalJson({ plan: planned, gates, accepts }));
  return { service, environment, release, evidence, plan: planned, gates, accepts };
}

function acceptedByPlan({ withoutTraffic, stable, trialSpeed }: Plan): readonly string[] {
  return [
    ...(withoutTraffic === 'accept' ? ['a watch that no request reached'] : []),
    ...(stable === null ? ['there is nothing to go back to'] : []),
    ...(trialSpeed === null ? [] : [`a rehearsal, ${trialSpeed} times as fast`]),
  ];
}
