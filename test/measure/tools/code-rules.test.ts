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
  ])('lets pass: %s', async (code) => {
    expect(await sql(code)).toEqual([]);
  });
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
  ])('lets pass: %s', async (code) => {
    expect(await html(code)).toEqual([]);
  });

  test('what a comment has let pass', async () => {
    const code =
      '// eslint-disable-next-line no-unsanitized/property -- ours\nnode.innerHTML = text;';
    expect(await html(code)).toEqual([]);
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
