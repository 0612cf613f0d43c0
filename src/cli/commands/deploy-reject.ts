/** `nemesis deploy:reject [ID]`: a release that waits for approval does not get it. */

import { decideApproval } from '../decide-approval.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => decideApproval(input, 'rejected');
