/** Fills the tables of README.md and docs between their markers from the code. `--check` only compares. */

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const from = (file) => import(path.join(root, 'src', file));
const { commands } = await from('cli/commands/index.ts');
const { EXIT_CODES } = await from('cli/exit.ts');
const { runners } = await from('measure/runners.ts');

const cell = (text) => text.replaceAll('|', '\\|');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map(cell).join(' | ')} |`)
    .join('\n');

const tables = {
  commands: table(
    ['command', 'what it does'],
    commands.map(({ name, operands, about }) => [
      `\`${[name, operands].filter(Boolean).join(' ')}\``,
      about,
    ]),
  ),
  'exit-codes': table(
    ['exit code', 'meaning'],
    Object.values(EXIT_CODES).map(({ code, meaning }) => [`\`${code}\``, meaning]),
  ),
  runners: table(
    ['runner', 'measures', 'metrics'],
    runners.map(({ id, about, metrics }) => [
      `\`${id}\``,
      about,
      Object.keys(metrics)
        .map((metric) => `\`${metric}\``)
        .join(', '),
    ]),
  ),
};

const file = path.join(root, 'README.md');
const before = readFileSync(file, 'utf8');
const after = before.replace(
  /(<!-- table: ([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
  (_, open, name, close) => `${open}\n${tables[name]}\n\n${close}`,
);
if (process.argv.includes('--check')) {
  // prettier pads the columns
  const plain = (text) => text.replace(/ +\|/g, ' |').replace(/-{3,}/g, '---');
  if (plain(before) !== plain(after)) {
    process.stderr.write('README.md: its tables are not those of the code; run npm run docs\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, after);
}
