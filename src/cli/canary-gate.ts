/** Which canary of the gates recorded series are judged by. */

import { fail, ok, type Failure, type Result } from '../failure.ts';
import { nearest } from '../language/index.ts';
import { analysisOf } from '../rollout/analysis/spec-of.ts';
import type { AnalysisSpec } from '../rollout/analysis/spec.ts';
import { windows } from '../rollout/strategies/watching.ts';
import { textOption, type CommandInput } from './commands/command.ts';
import type { Session } from './session.ts';
import { usage } from './store-failure.ts';

export interface CanaryGate {
  /** Of the traffic, where the series do not say it. */
  readonly share: number;
  specOf(lookCount: number, declared: readonly string[]): AnalysisSpec;
}

export function canaryGate(
  { loaded: { agents } }: Session,
  options: CommandInput['options'],
): Result<CanaryGate, Failure> {
  const asked = textOption(options, 'gate');
  const having = agents.filter(({ action }) => action?.canary !== undefined);
  const names = having.map(({ id }) => id);
  const found = having.filter(
    ({ id, stage }) => asked === undefined || asked === id || asked === stage,
  );
  const [agent, ...more] = found;
  if (agent === undefined || more.length > 0) {
    if (names.length === 0)
      return fail(usage('no gate has a canary', 'an agent with `canary_config` has one'));
    const near = asked === undefined ? undefined : nearest(asked, names);
    const help =
      near === undefined ? `--gate ${names.join(' or --gate ')}` : `did you mean ${near}?`;
    const message =
      asked === undefined ? 'by which gate?' : `no canary is in \`${asked.slice(0, 60)}\``;
    return fail(usage(message, help));
  }
  const { canary, rollbackTriggers } = agent.action!;
  const { minSamples } = windows(1);
  const specFor = (lookCount: number, declared: readonly string[]) =>
    // Recorded numbers are taken as they are: no noise of a machine is on top.
    analysisOf(canary!, rollbackTriggers, {
      ...{ minSamples, noiseMs: 0, lookCount, declared, expected: null },
    });
  if (specFor(1, []) === undefined) {
    const help = 'add `metrics_comparison` or `promotion_criteria` to its `canary_config`';
    return fail(usage(`${agent.id} asks nothing of its canary`, help));
  }
  return ok({ share: canary!.share, specOf: (count, declared) => specFor(count, declared)! });
}
