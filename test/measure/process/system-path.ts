/** Where the tests find programs: the pinned tools first, then the caller's PATH, then the system's small ones. */

import { homedir } from 'node:os';
import path from 'node:path';

/** `scripts/ci-tools.sh` puts the pinned tools here; a folder that is not there does no harm. */
export const TOOLS_FOLDER =
  process.env['NEMESIS_TOOLS'] ?? path.join(homedir(), '.cache', 'nemesis-tools');

/** The scripts of these tests find sleep and the like also when the caller's PATH holds next to nothing. */
export const SYSTEM_PATH = [
  path.join(TOOLS_FOLDER, 'bin'),
  ...[process.env['PATH'], '/usr/local/bin', '/usr/bin', '/bin'],
]
  .filter((entry) => entry !== undefined && entry !== '')
  .join(':');
