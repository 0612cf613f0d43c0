/** `nemesis deploy:approve [ID]` and `deploy:reject [ID]`: a person's word on a release that waits for it. */

import { decideApproval } from '../decide-approval.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => decideApproval(input, 'given');
