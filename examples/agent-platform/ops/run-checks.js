/** Runs named checks one after the other, says how each went, and fails when one did. */

import { told } from './told.js';

export async function runChecks(checks) {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    const start = Date.now();
    try {
      const said = await check();
      process.stdout.write(`ok      ${name} ${Date.now() - start} ms${said ? `: ${said}` : ''}\n`);
    } catch (error) {
      failed += 1;
      const cause = error.cause?.code ?? error.cause?.message;
      process.stdout.write(`failed  ${name}: ${error.message}${cause ? ` (${cause})` : ''}\n`);
    }
  }
  const count = Object.keys(checks).length;
  const where = `${told.step} on ${told.environment}`;
  process.stdout.write(`${where}: ${count - failed} of ${count} checks hold\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
