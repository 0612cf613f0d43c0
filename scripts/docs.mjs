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

/** The shipped gates, as a repository without any configuration of its own sees them. */
const { loadConfig } = await from('config/load.ts');
const { createCatalogue } = await from('judge/catalogue.ts');
const catalogue = createCatalogue(runners);
const loaded = loadConfig({
  root: path.join(root, 'scripts'),
  repositoryTop: undefined,
  packageRoot: root,
  catalogue,
  runnerIds: runners.map(({ id }) => id),
});
if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
const MEASURING = ['code', 'build', 'test'];
const agents = loaded.value.agents.filter(({ stage }) => MEASURING.includes(stage));

/** A row for each metric of each runner that these agents start. */
const metricRows = runners.flatMap(({ id, metrics, needs = '' }) => {
  const asking = agents.filter((agent) => agent.runners.flat().includes(id));
  return Object.entries(metrics).map(([name, { dimension, about, states }]) => [
    `\`${name}\``,
    `\`${id}\``,
    states === undefined ? dimension : states.join(', '),
    about,
    needs,
    asking.map((agent) => agent.id.replace('DEPLOY_', '')).join(', '),
  ]);
});

const tables = {
  metrics: table(
    ['metric', 'runner', 'unit', 'what it is', 'not applicable without', 'asked by'],
    [...metricRows.filter((row) => row[5] !== '').sort(([a], [b]) => (a < b ? -1 : 1))],
  ),
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

const PAGES = [
  'README.md',
  ...['environments', 'metrics', 'outputs', 'probes'].map((page) => `docs/${page}.md`),
];

for (const name of PAGES) {
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
