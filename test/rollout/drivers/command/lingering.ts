/** An environment whose first `apply` never ends, not even when asked to; each notes its number in the file `began`. */

import type { CommandSettings } from '../../../../src/config/environment.ts';

const APPLY = `
  const { appendFileSync, readFileSync } = require('node:fs');
  process.on('SIGTERM', () => undefined);
  const file = process.argv[1] + '/began';
  appendFileSync(file, process.pid + '\\n');
  if (readFileSync(file, 'utf8').trim().split('\\n').length === 1) setInterval(() => {}, 1000);
`;

export function lingering(folder: string) {
  const settings: CommandSettings = {
    kind: 'command',
    observe: ['node', '-e', ''],
    apply: ['node', '-e', APPLY, folder],
    secrets: [],
    reach: 'machine',
    dials: ['instances'],
    timeoutMs: 60_000,
  };
  return {
    ...{ service: 'payments', environment: 'production', settings, root: folder },
    env: { PATH: process.env['PATH'], NEMESIS_HOME: `${folder}/home` },
  };
}
