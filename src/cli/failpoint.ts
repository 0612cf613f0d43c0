/** Ends nemesis hard where a fault test asks for it: `NEMESIS_FAILPOINT=during_apply:4`, on the way back `restore/during_apply:0`. */

import type { Io } from './io.ts';
import type { WalkPorts } from '../rollout/ports.ts';

export function failpoint(env: Io['env']): WalkPorts['at'] {
  const asked = env['NEMESIS_FAILPOINT'];
  if (asked === undefined || asked === '') return () => undefined;
  let left = Number(env['NEMESIS_FAILPOINT_NTH'] ?? '1');
  return (position, step, { strategy }) => {
    const way = strategy === 'restore' ? 'restore/' : '';
    if (`${way}${position}:${step}` !== asked) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
