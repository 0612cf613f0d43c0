/** `nemesis deploy:staging [RELEASE]`: measures what has not passed yet, then deploys to staging. */

import { runPipeline } from '../run-pipeline.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => runPipeline(input, { from: 'code', until: 'staging' });
