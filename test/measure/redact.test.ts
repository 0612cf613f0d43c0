/** No token of a known shape, and no secret of the environment, gets out; made here so that none stands in a file. */

import { describe, expect, test } from 'vitest';
import { redactMeasurement, redactor } from '../../src/measure/redact.ts';

const letters = (length: number): string => 'aB3dE6gH9jK2'.repeat(20).slice(0, length);
const upper = (length: number): string => letters(length).toUpperCase();
const redact = redactor({}, []);
const keyLine = (what: string): string => `${'-'.repeat(5)}${what} RSA PRIVATE KEY${'-'.repeat(5)}`;
const body = `${letters(64)}\n${letters(64)}\n${letters(20)}==`;

const TOKENS: readonly string[] = [
  ...['ghp', 'gho', 'ghs', 'ghu', 'ghr'].map((kind) => `${kind}_${letters(36)}`),
  `github_pat_${letters(22)}_${letters(59)}`,
  `glpat-${letters(20)}`,
  ...['AKIA', 'ASIA'].map((kind) => `${kind}${upper(16)}`),
  ...['a', 'b', 'p', 'r', 's'].map((kind) => `xox${kind}-1234567890-${letters(24)}`),
  ...['sk', 'rk'].map((kind) => `${kind}_live_${letters(24)}`),
  `sk-${letters(48)}`,
  `sk-proj-${letters(20)}-${letters(20)}`,
  `sk-ant-api03-${letters(40)}`,
  `AIza${letters(35)}`,
  `npm_${letters(36)}`,
  ['eyJ', 'eyJ', ''].map((start) => start + letters(30)).join('.'),
  `${keyLine('BEGIN')}\n${body}\n${keyLine('END')}`,
];

describe('a token of a known shape', () => {
  test.each(TOKENS)('%s', (token) => {
    expect(redact(`Error('token ${token}')`)).toBe("Error('token [redacted]')");
    const inJson = JSON.stringify({ said: `first\n${token}` });
    expect(JSON.parse(redact(inJson))).toEqual({ said: 'first\n[redacted]' });
  });

  test('an AWS secret after its name', () => {
    expect(redact(`aws_secret_access_key = ${letters(40)}`)).toBe(
      'aws_secret_access_key = [redacted]',
    );
    expect(redact(`"awsSecretKey":"${letters(40)}"`)).toBe('"awsSecretKey":"[redacted]"');
  });

  test('a password in an address', () => {
    const address = (password: string) => `https://shop:${password}@db.example/shop`;
    expect(redact(address('p@ss-w0rd'))).toBe(address('[redacted]'));
  });

  describe('a value that is given to a name', () => {
    const secret = ['hunter2', 'hunter2'].join('');

    test.each([
      ['accepts password=', ''],
      ['with DB_PASSWORD=', ' and a user'],
      ['--client-secret=', ''],
      ['passwd="', '"'],
      ["{ apiKey='", "' }"],
      ['ACCESS_TOKEN=', ', then'],
    ])('%s…%s', (before, after) => {
      expect(redact(`${before}${secret}${after}`)).toBe(`${before}[redacted]${after}`);
      const said = `first\n${before}${secret}${after}`;
      expect(JSON.parse(redact(JSON.stringify({ said })))).toEqual({
        said: `first\n${before}[redacted]${after}`,
      });
    });

    test('as XML and HTML spell it', () => {
      const title = `name="log in: password=&quot;${secret}&quot;"`;
      expect(redact(title)).toBe('name="log in: password=&quot;[redacted]&quot;"');
    });
  });

  test.each(['|', '\\n', ';', ' ', '%0A', '#'])('a key whose lines are joined by %j', (joint) => {
    const lines = [keyLine('BEGIN'), ...body.split('\n'), keyLine('END')];
    expect(redact(`said ${lines.join(joint)} end`)).toBe('said [redacted] end');
    expect(redact(lines.slice(0, 3).join(joint))).toBe('[redacted]');
  });

  test('the end of one whose lines are joined by |', () => {
    const end = [...body.split('\n'), keyLine('END')].join('|');
    expect(redact(`said ${end}`)).toBe('said [redacted]');
  });

  test('the last lines of a key whose beginning was cut off', () => {
    expect(redact(`said:\n${body}\n${keyLine('END')}\nend`)).toBe('said:[redacted]\nend');
  });
});

test.each([
  'src/cart.js:3:1 expected 3 to be 4',
  'npm_config_registry=https://registry.example:8080/a@b',
  'class sk-folding-cube-with-a-long-name task-0123456789012345678901',
  'see https://example.org/eyJ and node_modules/.bin/eslint.config.js',
  'at shop.cart.checkout.total (file:///shop/cart.js:1:2)',
  'password=required token=undefined secret=<nothing> api_key=…',
  'token=process.env.TOKEN2, password=$DB_PASSWORD1, secret=${{ secrets.KEY1 }}, token=%TOKEN1%',
  'function login(password: string, token = readToken2()) { return token=readToken2(password); }',
  'password === confirm123 secret==other1234 tokens=16384000 secret=/run/secrets/db1 token=./t1.txt',
  'password=short1 and max_tokens=128000',
])('%s is no token', (text) => {
  expect(redact(text)).toBe(text);
});

describe('values of the environment', () => {
  const env = {
    DEPLOY_LOGIN: 'correct horse "battery" & staple',
    CI_TOKEN: 'tick-tock-token',
    db_password: 'first-line-of-the-password\nsecond-line-of-the-password',
    MY_API_KEY: 'short',
    TOKEN_FILE: '/run/secrets/token',
    EDITOR: 'an-editor-of-mine',
  };
  const known = redactor(env, ['DEPLOY_LOGIN', 'ABSENT']);

  test('listed, or named like a secret', () => {
    expect(known(`${env.DEPLOY_LOGIN} ${env.CI_TOKEN}`)).toBe('[redacted] [redacted]');
    expect(known('line second-line-of-the-password')).toBe('line [redacted]');
  });

  test('as JSON and XML spell them', () => {
    expect(known(JSON.stringify([env.DEPLOY_LOGIN]))).toBe('["[redacted]"]');
    expect(known('<a b="correct horse &quot;battery&quot; &amp; staple"/>')).toBe(
      '<a b="[redacted]"/>',
    );
  });

  type Write = (secret: string) => string;
  const inBase64 = ['', 'a', 'ab', 'abc'].flatMap((before) =>
    ['', 'x', 'xy'].flatMap((after) =>
      (['base64', 'base64url'] as const).map((form): [string, Write] => [
        `${form} between ${JSON.stringify([before, after])}`,
        (secret) => Buffer.from(before + secret + after).toString(form),
      ]),
    ),
  );
  test.each<[string, Write]>([
    ['an address', (secret) => `q=${encodeURIComponent(secret)}&`],
    ['a form', (secret) => `q=${encodeURIComponent(secret).replaceAll('%20', '+')}&`],
    ['hex', (secret) => Buffer.from(secret).toString('hex')],
    ['HEX', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
    ...inBase64,
  ])('written down as %s', (_, write) => {
    for (const secret of [env.DEPLOY_LOGIN, env.CI_TOKEN, 'tick-tock-token'.repeat(3)]) {
      const said = redactor({ ...env, OTHER_TOKEN: secret }, ['DEPLOY_LOGIN'])(write(secret));
      expect(said).toContain('[redacted]');
      // What is left around it are the letters a neighbour shares.
      expect(said.replace('[redacted]', '').length).toBeLessThanOrEqual(write('').length + 10);
    }
  });

  test('short ones, paths and all others stay', () => {
    const text = 'short /run/secrets/token an-editor-of-mine';
    expect(known(text)).toBe(text);
  });
});

describe('a token that was written down otherwise', () => {
  const token = `ghp_${letters(36)}`;

  test.each(['', ' ', '= '])('as base64 after %j, in JSON after a line break', (before) => {
    const said = `first\n${Buffer.from(before + token).toString('base64')}`;
    const redacted = JSON.parse(redact(JSON.stringify({ said }))) as { said: string };
    expect(redacted.said).toMatch(/^first\n\[redacted\]=*$/);
  });

  test('as base64 in lines', () => {
    const wrapped = Buffer.from(`${'x'.repeat(50)} ${token} ${'y'.repeat(60)}`).toString('base64');
    expect(redact(wrapped.replace(/(.{76})/g, '$1\n'))).toMatch(/^\[redacted\]=*$/);
  });

  test('as hex, and as an address', () => {
    expect(redact(Buffer.from(token).toString('hex'))).toBe('[redacted]');
    expect(redact(encodeURIComponent('postgres://shop:correct-horse@db/x'))).not.toContain('horse');
  });

  test('hashes and long paths stay', () => {
    const text = `sha512-${Buffer.from(letters(64)).toString('hex')} /home/ada/projects/shop/src/cart.js`;
    expect(redact(text)).toBe(text);
  });
});

test('every word of a measurement, and no number', () => {
  const token = `ghp_${letters(36)}`;
  const redacted = redactMeasurement(
    {
      state: 'findings',
      metrics: { a: 3, b: { missing: token, state: 'timed_out' }, c: { notApplicable: token } },
      findings: [{ tool: 'unit', rule: token, severity: 'error', message: token, file: token }],
      why: token,
      help: token,
      summary: token,
      evidence: { tool: 'mocha', argv: ['mocha', token], tail: token },
    },
    redact,
  );
  expect(JSON.stringify(redacted)).not.toContain(token);
  expect(redacted).toMatchObject({
    state: 'findings',
    metrics: { a: 3, b: { state: 'timed_out' } },
  });
});

test.each([
  'a',
  'a.',
  `eyJ${letters(8)}.`,
  '://a:',
  keyLine('BEGIN'),
  keyLine('END'),
  'aws_secret',
  'password=',
  'password=a1.',
  '\n',
])('a long text of %j takes no long time', (part) => {
  const startedAt = performance.now();
  redact(part.repeat(Math.ceil(4_000_000 / part.length)));
  expect(performance.now() - startedAt).toBeLessThan(8000);
});
