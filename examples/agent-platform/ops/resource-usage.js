/** resource_usage_normal: the memory an instance holds stays under MEMORY_LIMIT_MB, or 512 MB. */

import { expectStatus } from './ask.js';
import { runChecks } from './run-checks.js';

const limitMb = Number(process.env.MEMORY_LIMIT_MB || 512);

await runChecks({
  memory: async () => {
    const { text, instance } = await expectStatus(200, '/metrics');
    const bytes = Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
    if (!(bytes > 0)) throw new Error('no process_resident_memory_bytes is told');
    const usedMb = Math.round(bytes / 1e6);
    if (usedMb >= limitMb) throw new Error(`${instance} holds ${usedMb} MB of ${limitMb} MB`);
    return `${instance} holds ${usedMb} MB of ${limitMb} MB`;
  },
});
