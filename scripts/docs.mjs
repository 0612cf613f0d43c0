/** Fills the tables of README.md and docs between their markers from the code. `--check` only compares. */

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const from = (file) => import(path.join(root, 'src', file));
const { commands } = await from('cli/commands/index.ts');
const { EXIT_CODES } = await from('cli/exit.ts');
const { runners } = await from('measure/runners.ts');
const { jsonSchemas } = await from('config/json-schema.ts');
const { COMMAND_KEYS, LOCAL_KEYS } = await from('config/environment-schema.ts');
const { OUTPUTS } = await from('report/outputs.ts');
const { traffic } = await from('judge/traffic.ts');

const { properties: config } = jsonSchemas()['config.schema.json'];
const environment = config.environments.additionalProperties.properties;

const cell = (text) => text.replaceAll('|', '\\|');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map(cell).join(' | ')} |`)
    .join('\n');

/** Keys of a schema with what it says about each; what it does not say stands in the text around the table. */
const keyRows = (properties) =>
  Object.entries(properties).map(([key, { description = '' }]) => [`\`${key}\``, description]);

const driverOf = (key) => (key in LOCAL_KEYS ? 'local' : key in COMMAND_KEYS ? 'command' : 'both');

const probe = config.probes.additionalProperties.properties;

const tables = {
  'probe-keys': table(['key', 'meaning'], keyRows(probe)),
  'release-keys': table(['key', 'meaning'], keyRows(config.release.properties)),
  'environment-keys': table(
    ['key', 'driver', 'meaning'],
    Object.entries(environment).map(([key, { description = '' }]) => [
      `\`${key}\``,
      driverOf(key),
      description,
    ]),
  ),
  'traffic-metrics': table(
    ['metric', 'unit', 'what it is'],
    Object.entries(traffic.metrics).map(([name, { dimension, about }]) => [
      `\`${name}\``,
      dimension,
      about,
    ]),
  ),
  commands: table(
    ['command', 'what it does'],
    commands.map(({ name, operands, about }) => [
      `\`${[name, operands].filter(Boolean).join(' ')}\``,
      about,
    ]),
  ),
  outputs: table(
    ['kind', 'what it is', 'at most'],
    OUTPUTS.map(({ name, about, limit }) => [`\`${name}\``, about, limit]),
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

// prettier pads the columns
const plain = (text) => text.replace(/ +\|/g, ' |').replace(/-{3,}/g, '---');

for (const name of ['README.md', 'docs/environments.md', 'docs/outputs.md', 'docs/probes.md']) {
  const file = path.join(root, name);
  const before = readFileSync(file, 'utf8');
  const after = before.replace(
    /(<!-- table: ([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open, table, close) => `${open}\n${tables[table]}\n\n${close}`,
  );
  if (!process.argv.includes('--check')) writeFileSync(file, after);
  else if (plain(before) !== plain(after)) {
    process.stderr.write(`${name}: its tables are not those of the code; run npm run docs\n`);
    process.exitCode = 1;
  }
}
