/**
 * What a commit hook costs: `deploy:check --staged` on one staged change in a repository of 1000 files, against the same
 * tools by hand on the same inputs. A round is nemesis, then the tools one after the other, then side by side; the
 * ratio is taken within each round. Builds nothing: run `npm run build` first. `node bench/staged.mjs [rounds]`
 *
 * By hand means the same tools on the same inputs: eslint and prettier on the staged files, nemesis' own rules and the
 * scan for secrets on the same, jscpd on all (a copy may be of any file), and tsc on the whole project with the same
 * incremental state that nemesis keeps. Beside it stands the ratio against a plain `tsc --noEmit`.
 */

import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FILES = 1000;
const STAGED = 5;
const MOST = 1.2;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, 'bin', 'nemesis.js');
const tools = path.join(root, 'node_modules', '.bin');
const rounds = Math.max(3, Number(process.argv[2] ?? 7) || 7);

if (!process.versions.node.startsWith('24.'))
  refuse(`Node 24 is asked for; this is ${process.version}`);
if (!existsSync(path.join(root, 'dist', 'main.js'))) refuse('there is no dist/; run npm run build');

const scratch = mkdtempSync(path.join(tmpdir(), 'nemesis-staged-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const project = path.join(scratch, 'shop');
const home = path.join(scratch, 'home');
// Without gitleaks both sides scan for secrets by secretlint.
const folders = (process.env['PATH'] ?? '').split(path.delimiter);
const PATH = folders.filter((folder) => !existsSync(path.join(folder, 'gitleaks')));
const env = { PATH: PATH.join(path.delimiter), HOME: home, LANG: 'C.UTF-8', NO_COLOR: '1' };

const changed = Array.from({ length: STAGED }, (_, at) => `src/part${at}/file${at * 200}.ts`);
generate();

const rules = path.join(scratch, 'secretlint.json');
writeFileSync(rules, JSON.stringify({ rules: [{ id: rulePreset() }] }));
const own = path.join(scratch, 'by-hand.tsbuildinfo');
const eslint = [
  'eslint',
  '--format',
  'json',
  '--output-file',
  path.join(scratch, 'e.json'),
  ...changed,
];
const prettier = ['prettier', '--list-different', '--ignore-unknown', ...changed];
const plainTsc = ['tsc', '-p', '.', '--noEmit', '--pretty', 'false'];
const tsc = [...plainTsc, '--incremental', '--tsBuildInfoFile', own];
const secrets = ['secretlint', '--secretlintrc', rules, '--format', 'json', ...changed];
const rulesOfOurs = path.join(root, 'config/eslint-code-rules.config.js');
const codeRules = [
  ...['eslint', '--no-config-lookup', '-c', rulesOfOurs, '--format', 'json'],
  ...['--output-file', path.join(scratch, 'c.json'), ...changed],
];
const copies = ['jscpd', '--reporters', 'json', '--silent', '--output', scratch, 'src'];
const linters = [eslint, codeRules, prettier];
const check = ['deploy:check', '--staged', '--gate', 'code', '--skip', 'gitleaks'];

/** @type {Record<string, () => Promise<number>>} */
const ways = {
  nemesis: () => timed([nemesis([])]),
  'nemesis --jobs auto': () => timed([nemesis(['--jobs', 'auto'])]),
  'by hand': () => timed([...linters, tsc, secrets, copies]),
  'by hand, tsc from nothing': () => timed([...linters, plainTsc, secrets, copies]),
  'by hand, side by side': () => timed([...linters, tsc, secrets, copies], true),
};
/** @type {Record<string, number[]>} */
const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let round = -1; round < rounds; round += 1) {
  for (const [name, run] of Object.entries(ways)) {
    stageAnother(round);
    const ms = await run();
    if (round >= 0) times[name]?.push(ms); // one round first: trees, incremental state and page cache
  }
}

console.log(
  `Node ${process.version}, ${FILES} files, ${STAGED} staged, ${rounds} rounds, medians\n`,
);
for (const [name, values] of Object.entries(times))
  console.log(`${name.padEnd(28)} ${median(values).toFixed(0).padStart(7)} ms`);
console.log();
const ratio = tell('nemesis', 'by hand', MOST);
tell('nemesis', 'by hand, tsc from nothing');
tell('nemesis --jobs auto', 'by hand, side by side');
process.exitCode = ratio > MOST ? 1 : 0;

/** @param {string} of @param {string} to @param {number} [most] */
function tell(of, to, most) {
  const ratios = (times[of] ?? []).map((ms, round) => ms / (times[to]?.[round] ?? NaN));
  const middle = median(ratios);
  const all = ratios.map((one) => one.toFixed(2)).join(' ');
  const limit = most === undefined ? '' : `  <= ${most}  ${middle > most ? 'over' : 'ok'}`;
  console.log(`${of} / ${to}: ${middle.toFixed(2)}${limit}   (${all})`);
  return middle;
}

/** JavaScript and TypeScript that import one another, in ten folders. */
function generate() {
  mkdirSync(home, { recursive: true });
  mkdirSync(project, { recursive: true });
  write('package.json', { name: 'shop', private: true, type: 'module', ...dependencies() });
  write('tsconfig.json', {
    compilerOptions: {
      ...{ strict: true, target: 'ES2022', module: 'nodenext', allowJs: true, noEmit: true },
      ...{ types: [], skipLibCheck: true },
    },
    include: ['src'],
  });
  write('.prettierrc', {});
  writeFileSync(path.join(project, '.gitignore'), 'node_modules\n');
  writeFileSync(path.join(project, 'eslint.config.js'), eslintConfig());
  for (let at = 0; at < FILES - 5; at += 1) writeSource(at, 0);
  symlinkSync(path.join(root, 'node_modules'), path.join(project, 'node_modules'));
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git(...['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'], 'commit', '-qm', 'first');
}

function dependencies() {
  return {
    devDependencies: { eslint: '*', prettier: '*', typescript: '*', 'typescript-eslint': '*' },
  };
}

function eslintConfig() {
  return `import typescript from 'typescript-eslint';\n\nexport default typescript.config(typescript.configs.recommended);\n`;
}

/** @param {number} at @param {number} version */
function writeSource(at, version) {
  const name = fileName(at);
  const before =
    at === 0 ? '' : `import { value${at - 1} } from "${relativeName(at, at - 1)}";\n\n`;
  const sum = at === 0 ? '0' : `value${at - 1}`;
  const body = Array.from({ length: 20 }, (_, n) => functionText(at, n, version)).join('\n');
  const text = `${before}export const value${at}: number = ${sum} + ${version};\n\n${body}`;
  mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
  writeFileSync(
    path.join(project, name),
    name.endsWith('.js') ? text.replace(/: number/g, '') : text,
  );
}

/** @param {number} at @param {number} n @param {number} version */
function functionText(at, n, version) {
  const parameters = fileName(at).endsWith('.js')
    ? 'left = 0, right = 0'
    : 'left: number, right: number';
  return `export function sum${at}x${n}(${parameters}) {\n  return left * ${n} + right - ${version};\n}\n`;
}

/** @param {number} at */
function fileName(at) {
  return `src/part${Math.floor(at / 200)}/file${at}.${at % 10 === 7 ? 'js' : 'ts'}`;
}

/** @param {number} from @param {number} to */
function relativeName(from, to) {
  const name = path.posix.relative(path.posix.dirname(fileName(from)), fileName(to));
  return `${name.startsWith('.') ? name : `./${name}`}`.replace(/\.ts$/, '.js');
}

/** Another change each time, so that nobody measures what was measured already. */
function stageAnother(/** @type {number} */ round) {
  for (let at = 0; at < STAGED; at += 1) writeSource(at * 200, round + 2 + Math.random());
  git('add', '--all');
}

/** @param {string} name @param {object} value */
function write(name, value) {
  writeFileSync(path.join(project, name), `${JSON.stringify(value, null, 2)}\n`);
}

function git(/** @type {string[]} */ ...argv) {
  const { status, stderr } = spawnSync('git', argv, { cwd: project, env, encoding: 'utf8' });
  if (status !== 0) refuse(`git ${argv.join(' ')}: ${stderr}`);
}

/** @param {string[]} more */
function nemesis(more) {
  return [process.execPath, bin, ...check, ...more];
}

/** @param {string[][]} commands @param {boolean} [together] */
async function timed(commands, together = false) {
  const start = process.hrtime.bigint();
  if (together) await Promise.all(commands.map(run));
  else for (const command of commands) await run(command);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** @param {string[]} command @returns {Promise<void>} */
function run([program = '', ...argv]) {
  const file = path.isAbsolute(program) ? program : path.join(tools, program);
  return new Promise((resolve) => {
    const child = spawn(file, argv, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (more) => (said += more));
    child.on('close', (code) => {
      // 1 says that something was found.
      if (code !== 0 && code !== 1) refuse(`${program} ended with ${code}:\n${said}`);
      resolve();
    });
  });
}

function rulePreset() {
  const folder = path.join(root, 'node_modules/@secretlint/secretlint-rule-preset-recommend');
  const { main } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, main);
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** @param {string} why @returns {never} */
function refuse(why) {
  console.error(`bench/staged: ${why}`);
  process.exit(2);
}
