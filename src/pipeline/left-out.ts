/** Which runners a run leaves out, and why. */

import type { Project } from '../measure/project.ts';
import type { Measurement, Runner } from '../measure/runner.ts';
import { absent } from '../measure/tool.ts';
import type { MeasureContext } from './measure-gate.ts';
import { NOT_ASKED, ONLY_WITH_FULL } from './result.ts';

type Asked = Pick<MeasureContext, 'only' | 'skip' | 'asked' | 'config' | 'project'>;

/** What stands in for the measurement of a runner that is not started; undefined for one that is. */
export function leftOutBecause(runner: Runner, context: Asked): Measurement | undefined {
  const { only, skip, config, project } = context;
  if (only.length > 0 && !only.includes(runner.id)) return absent('not_applicable', NOT_ASKED);
  if (skip.includes(runner.id)) return absent('skipped', 'left out by --skip');
  const inPlay = runner.inPlay(project);
  if (!inPlay.inPlay && !config.require.includes(runner.id)) {
    return absent('not_applicable', inPlay.why);
  }
  const unconcerned = notConcerned(runner, project);
  if (unconcerned !== undefined) return absent('not_applicable', unconcerned);
  return isUnasked(runner, context)
    ? absent('not_applicable', `${ONLY_WITH_FULL} or ${runner.onlyWhenAsked}`)
    : undefined;
}

/** Why a check of some files leaves this runner out; undefined where it does not. */
function notConcerned(runner: Runner, { concerned }: Project): string | undefined {
  if (concerned === undefined) return undefined;
  if (runner.asksNetwork === true) return 'asks the network; not in a hook';
  if (runner.perFile === true && concerned.length === 0) return 'no file is added or changed';
  const { isTouchedBy } = runner;
  return isTouchedBy === undefined || concerned.some((file) => isTouchedBy(file))
    ? undefined
    : 'nothing that is staged changes its answer';
}

/** None of these files is this runner's business: of the whole project that would be a gap. */
export function ofConcerned(
  { perFile }: Runner,
  { concerned }: Project,
  measurement: Measurement,
): Measurement {
  const isIdle = concerned !== undefined && perFile === true;
  if (!isIdle || measurement.state !== 'nothing_measured') return measurement;
  return { ...measurement, state: 'not_applicable', why: 'nothing that is staged is for it' };
}

/** It is one that no plain check starts, and nobody asks for it. */
function isUnasked({ id, onlyWhenAsked }: Runner, { only, asked = [] }: Asked): boolean {
  return (
    onlyWhenAsked !== undefined && asked !== 'all' && !asked.includes(id) && !only.includes(id)
  );
}
