/** Exit code 1 while a critical alert fires: while ALERTS_FILE, where a monitor would write them, has lines. */

import { readFileSync } from 'node:fs';

const file = process.env.ALERTS_FILE;
const lines = file ? linesOf(file) : [];
process.stdout.write(lines.map((line) => `${line}\n`).join(''));
process.exitCode = lines.length > 0 ? 1 : 0;

/** A file that is not there holds no alert; one that cannot be read is no answer. */
function linesOf(name) {
  try {
    return readFileSync(name, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    process.stderr.write(`${name} cannot be read: ${error.code}\n`);
    process.exit(2);
  }
}
