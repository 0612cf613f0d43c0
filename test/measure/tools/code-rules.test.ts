/** The rules nemesis brings, on the code they are about: what each remarks, and above all what it lets pass. */

import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { codeRules } from '../../../src/measure/tools/code-rules.ts';
import { isProductCode } from '../../../src/measure/tools/product-code.ts';
import { projectWith } from './support.ts';

const PACKAGE = path.resolve(import.meta.dirname, '../../..');
const eslint = new ESLint({
  cwd: PACKAGE,
  overrideConfigFile: path.join(PACKAGE, 'config/eslint-code-rules.config.js'),
  ignore: false,
});

async function remarks(code: string, ...rules: string[]): Promise<string[]> {
  const [file] = await eslint.lintText(code, { filePath: path.join(PACKAGE, 'made-up.tsx') });
  const all = file?.messages ?? [];
  expect(all.filter(({ fatal }) => fatal === true)).toEqual([]);
  return all.filter(({ ruleId }) => rules.includes(ruleId ?? '')).map(({ message }) => message);
}

describe('SQL', () => {
  const sql = (code: string) => remarks(code, 'nemesis/sql-injection');

  test.each([
    'db.query(`SELECT * FROM users WHERE id = ${id}`)',
    "db.query('SELECT * FROM users WHERE id = ' + id)",
    'db.execute("DELETE FROM users WHERE name = \'" + name + "\'")',
    "pool.query({ text: `SELECT * FROM users WHERE name LIKE '%${name}%'` })",
    'const sql = `UPDATE users SET name = ${name}`; db.run(sql)',
    'prisma.$queryRawUnsafe(`SELECT * FROM users WHERE id IN (${ids.join(",")})`)',
    "knex.raw(`insert into users (name) values ('${name}')`)",
    'knex("users").whereRaw(`name = ${name}`)',
    'db.all(`SELECT * FROM users ORDER BY ${req.query.order}`)',
    'async () => { await db.get(`select 1 from users where a = ${await read()}`) }',
    "db.query(`SELECT * FROM users WHERE id = '${params.id}'`)",
    'db.query(`SELECT * FROM users WHERE id = ${params.id}`)',
    "db.query(`SELECT * FROM users WHERE id = '${bookmark.id}'`)",
    "db.query(`SELECT * FROM users WHERE id = '${$route.query.id}'`)",
    'const marks = ids.join(","); db.query(`SELECT * FROM users WHERE id IN (${marks})`)',
    'const params = req.query.id; db.query(`SELECT * FROM users WHERE id = ${params}`)',
    "const USER = process.argv[2]; db.query(`SELECT * FROM users WHERE id = '${USER}'`)",
    'const { ID } = req.query; db.query(`SELECT * FROM users WHERE id = ${ID}`)',
    'function f(ID) { db.query(`SELECT * FROM users WHERE id = ${ID}`) }',
    'db.query(`SELECT * FROM users WHERE id IN (1, ${id})`)',
    'db.query(`INSERT INTO users VALUES (1), (${id})`)',
    'db.query("SELECT * FROM users WHERE id = \'".concat(id, "\'"))',
    'db.query(util.format("SELECT * FROM users WHERE id = \'%s\'", id))',
    "db.query(['SELECT * FROM users WHERE id = ', id].join(''))",
    'const ids = []; ids.push(id); db.query(`SELECT * FROM users WHERE id IN (${ids.join()})`)',
    "db.query(`SELECT * FROM users WHERE id = '${unescape(id)}'`)",
    "db.query(`SELECT * FROM users WHERE id = '${decodeURIComponent(id)}'`)",
    "db.query(`SELECT * FROM users WHERE id IN (${ids.map((id) => `'${id}'`).join()})`)",
  ])('%s', async (code) => {
    expect(await sql(code)).toHaveLength(1);
  });

  test.each([
    "db.query('SELECT * FROM users WHERE id = $1', [id])",
    'db.query(sql`SELECT * FROM users WHERE id = ${id}`)',
    'prisma.$queryRaw`SELECT * FROM users WHERE id = ${id}`',
    'db.query(`SELECT * FROM ${table} WHERE id = ?`, [id])',
    "db.query('SELECT a' + ', b' + ' FROM users WHERE kind = ' + KIND)",
    "const kind = 'old'; db.query(`SELECT * FROM users WHERE kind = '${kind}'`)",
    'db.query(`SELECT * FROM users WHERE id IN (${ids.map(() => "?").join(",")})`, ids)',
    'db.query(`SELECT * FROM users WHERE id IN (${placeholders})`, ids)',
    'db.query(`SELECT * FROM users WHERE id = $${index}`, ids)',
    'db.query(`SELECT * FROM users WHERE ${conditions.join(" AND ")}`, values)',
    'db.query(`SELECT * FROM users WHERE id = ${Number(id)}`)',
    'db.query(`SELECT * FROM users WHERE name = ${db.escape(name)}`)',
    'function f(n: number) { db.query(`SELECT * FROM users WHERE id = ${n}`) }',
    'enum Kind { Old = "old" } db.query(`SELECT * FROM users WHERE kind = \'${Kind.Old}\'`)',
    'console.log(`SELECT * FROM users WHERE id = ${id}`)',
    '/select (.*) from/.exec(`select ${a} from ${b}`)',
    'exec(`git log --author=${name}`)',
    'graphql.query(`query { user(id: ${id}) { name } }`)',
    'router.get(`/update/${id}/set`)',
    "import { KIND } from './kinds.js'; db.query(`SELECT * FROM users WHERE kind = '${KIND}'`)",
    "const { KIND } = require('./kinds'); db.query(`SELECT * FROM users WHERE kind = '${KIND}'`)",
    "const KINDS = Object.freeze({ old: 'old' }); db.query(`SELECT * FROM t WHERE a = '${KINDS.old}'`)",
    'db.query(`SELECT * FROM t WHERE a = ${process.env.TENANT}`)',
    'const slots = ids.map(() => "?").join(","); db.query(`SELECT * FROM t WHERE id IN (${slots})`)',
    'db.query(`SELECT * FROM t WHERE id IN (${ids.map((id, at) => `$${at + 1}`).join(",")})`, ids)',
    'db.query(`SELECT * FROM t WHERE id IN (${Array(3).fill("?").join()})`, ids)',
    'db.query(`SELECT * FROM t WHERE id IN (${ids.map((id) => db.escape(id)).join()})`)',
    'db.query(`SELECT * FROM t WHERE id IN (${ids.map(Number).join()})`)',
    'db.query(`SELECT * FROM t WHERE name = ${client.parameter(name, bindings)}`)',
    'db.query(`SELECT * FROM t WHERE id IN (SELECT id FROM u WHERE a = 1 ${more})`)',
    'const slots = []; slots.push("?"); db.query(`SELECT * FROM t WHERE id IN (${slots.join()})`)',
    'db.query(format("SELECT * FROM t WHERE name = %L", name))',
  ])('lets pass: %s', async (code) => {
    expect(await sql(code)).toEqual([]);
  });
});

test('SQL of many pieces is read, and names that double each other end', async () => {
  const long = `db.query('SELECT * FROM t WHERE a = ' + b${" + ', ' + c".repeat(60)})`;
  expect(await remarks(long, 'nemesis/sql-injection')).toHaveLength(1);
  const names = Array.from({ length: 40 }, (_, at) => `const a${at + 1} = a${at} + a${at};`);
  const doubled = `const a0 = 'select ' + b;\n${names.join('\n')}\ndb.query(a40); el.innerHTML = a40;`;
  expect(await remarks(doubled, 'no-unsanitized/property')).toHaveLength(1);
});

describe('HTML and code', () => {
  const html = (code: string) =>
    remarks(
      code,
      ...['no-unsanitized/method', 'no-unsanitized/property'],
      ...['nemesis/unsafe-markup', 'nemesis/dynamic-code'],
    );

  test.each([
    'node.innerHTML = text',
    'node.outerHTML = `<p>${text}</p>`',
    "node.insertAdjacentHTML('beforeend', '<p>' + text)",
    'document.write(text)',
    '<p dangerouslySetInnerHTML={{ __html: text }} />',
    'const given = { __html: marked(text) }; <p dangerouslySetInnerHTML={given} />',
    'React.createElement("p", { dangerouslySetInnerHTML: { __html: text } })',
    '<script dangerouslySetInnerHTML={{ __html: JSON.stringify(data) }} />',
    'eval(text)',
    "new Function('a', body)",
    'node.innerHTML = unescape(location.hash)',
    'node.innerHTML = quotes.map((quote) => `<li>${quote.text}</li>`).join("")',
    'node.innerHTML = sanitizer.bypassSecurityTrustHtml(text)',
    'node.innerHTML = unsafeEscape(text)',
    'const HTML = location.hash; node.innerHTML = HTML',
    'const rows = []; rows.push(`<li>${text}</li>`); node.innerHTML = rows.join("")',
    'node.innerHTML = sanitize(text).concat(other)',
    "node['innerHTML'] = text",
    'frame.srcdoc = text',
    "frame.setAttribute('srcdoc', text)",
    '<iframe srcDoc={text} />',
    "$('#a').html(text)",
    "$('#a').find('b').append('<li>' + text + '</li>')",
    '$list.prepend(`<li>${text}</li>`)',
    "$('<p>' + text + '</p>')",
    "res.send('<h1>' + req.query.name + '</h1>')",
    'const name = req.query.name; res.status(200).send(`<h1>${name}</h1>`)',
    '<p {...{ dangerouslySetInnerHTML: { __html: text } }} />',
    'const props = { dangerouslySetInnerHTML: { __html: text } };',
    'window.eval(text)',
    '(0, eval)(text)',
    'setTimeout("go(\'" + text + "\')", 10)',
  ])('%s', async (code) => {
    expect(await html(code)).toHaveLength(1);
  });

  test.each([
    "node.innerHTML = ''",
    "node.innerHTML = open ? '<b>yes</b>' : `<b>no</b>`",
    'node.innerHTML = DOMPurify.sanitize(text)',
    'node.innerHTML = sanitizeHtml(text).trim()',
    'node.innerHTML = `<p>${escapeHtml(text)}</p>`',
    'node.innerHTML = other.innerHTML',
    "node.innerHTML = t('greeting')",
    "node.insertAdjacentHTML('beforeend', ICON)",
    'const icon = "<svg/>"; node.innerHTML = icon',
    'node.textContent = text',
    'stream.write(text)',
    'import(`./locales/${language}.js`)',
    '<p dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(text) }} />',
    "<style dangerouslySetInnerHTML={{ __html: 'p { color: red }' }} />",
    "<script dangerouslySetInnerHTML={{ __html: JSON.stringify(data).replace(/</g, '\\\\u003c') }} />",
    "eval('1 + 1')",
    "const load = new Function('name', 'return import(name)')",
    'view.eval(text)',
    'node.innerHTML = items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")',
    'node.innerHTML = items.filter(Boolean).map((item) => { return `<b>${Number(item)}</b>`; }).join("")',
    'function row(item) { return `<li>${_.escape(item)}</li>`; } node.innerHTML = items.map(row).join("")',
    'node.innerHTML = items.map(escapeHtml).join("<br>")',
    'const rows = []; rows.push(`<li>${escapeHtml(text)}</li>`); node.innerHTML = rows.join("")',
    "const HTML = '<p>'; node.innerHTML = HTML",
    "node['innerHTML'] = '<p>'",
    "frame.srcdoc = '<p>'",
    "node.setAttribute('title', text)",
    "$('#a').html('<b>yes</b>')",
    "$('#a').html()",
    "$('#a').html(() => read())",
    "$('#a').append($item)",
    "$('#a').append(node)",
    'list.append(`<li>${text}</li>`)',
    "$('#' + id)",
    'res.send(req.query.name)',
    'res.send(`<h1>${title}</h1>`)',
    'res.send(`<h1>${escapeHtml(req.query.name)}</h1>`)',
    'socket.send(`<h1>${req.query.name}</h1>`)',
    'setTimeout(go, 10)',
    'setTimeout(() => go(text), 10)',
    "setTimeout('go()', 10)",
    'timers.setTimeout(`${a}`, 10)',
  ])('lets pass: %s', async (code) => {
    expect(await html(code)).toEqual([]);
  });
});

describe('a comment that switches ESLint off', () => {
  const RISK = 'node.innerHTML = text;';
  const found = (code: string) => remarks(code, 'no-unsanitized/property');

  test.each([
    `/* eslint-disable */\n${RISK}`,
    `/* eslint-disable -- old code */\n${RISK}`,
    `// eslint-disable-next-line\n${RISK}`,
    `/* eslint-disable-next-line -- ours */\n${RISK}`,
    `${RISK} // eslint-disable-line`,
    `/* eslint-disable no-console, no-unsanitized */\n${RISK}`,
    `/* eslint no-unsanitized/property: off */\n${RISK}`,
    `/* eslint no-unsanitized/property */\n${RISK}`,
  ])('is not heard: %s', async (code) => {
    expect(await found(code)).toHaveLength(1);
  });

  test.each([
    `/* eslint-disable no-unsanitized/property */\n${RISK}`,
    `// eslint-disable-next-line no-unsanitized/property -- ours\n${RISK}`,
    `${RISK} // eslint-disable-line no-console, no-unsanitized/property`,
    `/* eslint-disable */ /* eslint-disable no-unsanitized/property */\n${RISK}`,
  ])('is heard where it names the rule: %s', async (code) => {
    expect(await found(code)).toEqual([]);
  });

  test('text that reads like one is text', async () => {
    const code = `const text = '/* eslint-disable no-unsanitized/property */';\nnode.innerHTML = text + a;`;
    expect(await found(code)).toHaveLength(1);
  });
});

describe('imports', () => {
  const order = (...names: string[]) =>
    remarks(
      names.map((name) => (name === '' ? '' : `import a from '${name}';`)).join('\n'),
      'nemesis/import-order',
    );

  test.each([
    [['./a.js', 'react']],
    [['react', 'node:fs']],
    [['zod', 'fs', './a.js']],
    [['node:fs', './a.js', 'react']],
  ])('%j is unsorted', async (names) => {
    expect(await order(...names)).toHaveLength(1);
  });

  test.each([
    [['node:fs', 'react', './a.js']],
    [['express', 'fs', 'path', 'zod', './a.js']],
    [['./a.js', '', 'react']],
    [['@/store', 'react', './a.js']],
    [['../b.js', './a.js', '../c.js']],
    [['react']],
  ])('%j is sorted', async (names) => {
    expect(await order(...names)).toEqual([]);
  });

  test('for effect, for types, and between other statements, any place will do', async () => {
    const code = [
      ...["import './polyfill.js';", "import fs from 'node:fs';", "import './a.css';"],
      ...["import type { A } from './a.js';", "import react from 'react';"],
      ...["import b from './b.js';", 'start();', "import zod from 'zod';"],
    ];
    expect(await remarks(code.join('\n'), 'nemesis/import-order')).toEqual([]);
  });
});

test('a comment does not part a block of imports, a blank line does', async () => {
  const imports = ["import {\n  a,\n} from 'zod';", '// why', "import { b } from 'node:path';"];
  expect(await remarks(imports.join('\n'), 'nemesis/import-order')).toHaveLength(1);
  expect(await remarks(imports.join('\r\n'), 'nemesis/import-order')).toHaveLength(1);
  expect(await remarks(imports.join('\n\n'), 'nemesis/import-order')).toEqual([]);
});

describe('names', () => {
  const names = (code: string) => remarks(code, '@typescript-eslint/naming-convention');

  test.each([
    'const user_name = 1;',
    'function load_rows() {}',
    'class order {}',
    'interface order_row {}',
    'class Order { load_rows() {} }',
    'const f = (user_id: string) => user_id;',
  ])('%s', async (code) => {
    expect(await names(code)).toHaveLength(1);
  });

  test.each([
    'const userName = 1, UserName = 2, USER_NAME = 3, _user = 4, __DEV__ = 5, _ = 6, $el = 7;',
    "import { user_name } from './a.js';",
    'const { user_name, user_id: id } = row; const f = ({ user_name }) => user_name;',
    "const row = { user_name: 1, 'user-id': 2 };",
    'interface Row { user_name: string } type T<K, V_ALUE> = K;',
    'class A { user_name = 1; "load-rows"() {} }',
    'function unstable_batch() {} const größe = 1;',
    'enum Kind { old_one }',
  ])('lets pass: %s', async (code) => {
    expect(await names(code)).toEqual([]);
  });
});

describe('documentation', () => {
  const undocumented = async (code: string) => (await remarks(code, 'jsdoc/require-jsdoc')).length;
  const found = async (code: string) =>
    (await remarks(code, 'nemesis/public-function-found')).length;

  test.each([
    ['export function a() {}', 1, 1],
    ['/** Why. */\nexport function a() {}', 0, 1],
    ['/** Why. */\n\nexport const a = () => 1;', 0, 1],
    ['// why\nexport function a() {}', 1, 1],
    ['function a() {}\nexport { a };', 1, 1],
    ['function a() {}', 0, 0],
    ['export const a = 1;', 0, 0],
    ['module.exports = function a() {};', 1, 1],
    [
      'export class A { constructor() {} private a() {} #b() {} get c() { return 1 } d() {} }',
      1,
      1,
    ],
    ['export class A { /** Why. */ a() {} }', 0, 1],
    ['export default class { a() {} static b() {} #c() {} private d() {} }', 2, 2],
    ['export default class { /** Why. */ a() {} constructor() {} }', 0, 1],
    ['export default class A { a() {} }', 1, 1],
    ['/** */\nexport function a() {}', 1, 1],
    ['/**\n *\n */\nexport function a() {}', 1, 1],
    ['/** TODO */\nexport function a() {}', 1, 1],
    ['/** TODO: write this. */\nexport function a() {}', 1, 1],
    ['/**\n * TODO: make it faster.\n * Adds.\n */\nexport function a() {}', 0, 1],
    ['/** @returns the sum */\nexport function a() {}', 0, 1],
  ])('%s', async (code, expected, all) => {
    expect([await undocumented(code), await found(code)]).toEqual([expected, all]);
  });
});

test('no comment in the project changes what its complexity is', async () => {
  const code =
    '/* eslint complexity: [2, 99] */\n// eslint-disable-next-line complexity\nfunction a(b) { return b ? 1 : 2; }';
  expect(await remarks(code, 'nemesis/complexity')).toEqual([
    "Function 'a' has a complexity of 2. Maximum allowed is 0.",
  ]);
});

describe('what is the product', () => {
  test.each([
    ['src/orders.ts', true],
    ['src/contest/latest.js', true],
    ['src/testing.ts', true],
    ['app/[id]/page.tsx', true],
    ['test/orders.ts', false],
    ['src/__tests__/orders.ts', false],
    ['src/orders.test.ts', false],
    ['src/Orders.stories.tsx', false],
    ['tests/test_orders.py', false],
    ['examples/a.js', false],
    ['dist/a.js', false],
    ['src/a.min.js', false],
    ['src/api.generated.ts', false],
    ['src/types.d.ts', false],
    ['.yarn/releases/yarn-4.0.0.cjs', false],
  ])('%s: %s', (file, is) => {
    expect(isProductCode(file)).toBe(is);
  });

  test('without any of it there is nothing to do', () => {
    expect(codeRules.inPlay(projectWith({ files: ['README.md'] }))).toMatchObject({
      inPlay: false,
    });
    expect(codeRules.inPlay(projectWith({ files: ['test/a.test.ts'] }))).toEqual({
      inPlay: false,
      why: 'only tests, samples or built files of JavaScript and TypeScript',
    });
    expect(codeRules.inPlay(projectWith({ files: ['src/a.ts'] }))).toMatchObject({ inPlay: true });
  });
});
