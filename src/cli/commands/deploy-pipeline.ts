/** `nemesis deploy:pipeline [RELEASE]`: through all five gates, from where the release stands. */

import { pipelineAsked, runPipeline } from '../run-pipeline.ts';
import { failed } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const asked = pipelineAsked(input);
  return asked.ok ? runPipeline(input, asked.value) : Promise.resolve(failed(asked.failure));
};
