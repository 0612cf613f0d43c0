/** `nemesis deploy:resume`: goes on with a deployment that was left half done. */

import { resumeStage } from '../../rollout/stage.ts';
import { actOn } from '../act-on.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) =>
  actOn(input, (_rollouts, _environment, context) =>
    resumeStage(context, input.options['takeOver'] === true),
  );
