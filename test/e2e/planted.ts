/** Secrets of many kinds, put together at run time so that none stands in a file, and every form one may be told in. */

import { createHash } from 'node:crypto';

/** Letters nobody can guess, the same in every run. */
function letters(seed: string, length: number, alphabet: string): string {
  const bytes = Array.from({ length: Math.ceil(length / 32) }, (_, part) =>
    createHash('sha256').update(`${seed} ${part}`).digest(),
  );
  return [...Buffer.concat(bytes).subarray(0, length)]
    .map((byte) => alphabet[byte % alphabet.length]!)
    .join('');
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MIXED = `${UPPER}${UPPER.toLowerCase()}0123456789`;
const mixed = (seed: string, length: number): string => letters(seed, length, MIXED);
const upper = (seed: string, length: number): string => letters(seed, length, `${UPPER}234567`);
const hex = (seed: string, length: number): string => letters(seed, length, '0123456789abcdef');

/** Beginning, and how many letters follow. */
const PREFIXED: readonly (readonly [string, number])[] = [
  ...['ghp_', 'gho_', 'ghs_', 'ghu_', 'ghr_'].map((start) => [start, 36] as const),
  ['github_pat_', 82],
  ...['glpat-', 'gldt-', 'glrt-', 'glptt-'].map((start) => [start, 20] as const),
  ...['xoxb-', 'xoxp-', 'xoxa-'].map((start) => [`${start}123456789012-`, 24] as const),
  ['xapp-1-', 40],
  ['sk_live_', 24],
  ['rk_live_', 24],
  ['whsec_', 32],
  ['sk-', 48],
  ['sk-proj-', 60],
  ['sk-ant-api03-', 80],
  ['AIza', 35],
  ['GOCSPX-', 28],
  ['ya29.', 60],
  ['npm_', 36],
  ['pypi-AgEIcHlwaS5vcmc', 80],
  ['dckr_pat_', 27],
  ['hf_', 34],
  ['lin_api_', 40],
  ['hvs.', 24],
  ['pscale_tkn_', 43],
  ['glsa_', 40],
  ['ATATT3', 60],
];

function key(kind: string): string {
  const fence = (what: string): string => ['-----', what, ` ${kind}PRIVATE KEY`, '-----'].join('');
  const body = [1, 2, 3].map((line) => mixed(`${kind} ${line}`, line === 3 ? 40 : 64)).join('\n');
  return `${fence('BEGIN')}\n${body}\n${fence('END')}`;
}

export interface Secret {
  /** What must not be seen. */
  readonly value: string;
  /** What is written: the secret with what stands around it. */
  readonly written: string;
}

const alone = (value: string): Secret => ({ value, written: value });

/** Known by their form alone. */
export const SHAPED: readonly Secret[] = [
  ...PREFIXED.map(([start, length]) => alone(`${start}${mixed(start, length)}`)),
  ...['AKIA', 'ASIA'].map((start) => alone(`${start}${upper(start, 16)}`)),
  ...['dop_v1_', 'doo_v1_'].map((start) => alone(`${start}${hex(start, 64)}`)),
  ...['dapi', 'shpat_'].map((start) => alone(`${start}${hex(start, 32)}`)),
  alone(['SG', mixed('sg', 22), mixed('sg2', 43)].join('.')),
  alone(`NRAK-${upper('nrak', 27)}`),
  alone(['eyJhbGciOiJIUzI1NiJ9', `eyJ${mixed('jwt', 30)}`, mixed('jwt2', 43)].join('.')),
  ...['', 'RSA ', 'EC ', 'OPENSSH '].map((kind) => alone(key(kind))),
  written(mixed('aws', 40), (value) => `aws_secret_access_key = ${value}`),
  written(mixed('slack', 24), (value) => `https://hooks.slack.com/services/T0AB/B0CD/${value}`),
  written(mixed('bearer', 40), (value) => `Authorization: Bearer ${value}`),
  written(mixed('assigned', 18), (value) => `log in with password=${value}`),
  written(mixed('account', 44), (value) => `AccountName=shop;AccountKey=${value}`),
  ...['postgres', 'mysql', 'https', 'amqp'].map((scheme) =>
    written(mixed(scheme, 18), (value) => `${scheme}://shop:${value}@db.example/shop`),
  ),
];

function written(value: string, how: (value: string) => string): Secret {
  return { value, written: how(value) };
}

/** Values nobody would know without these variables. */
export const VARIABLES: Readonly<Record<string, string>> = {
  DEPLOY_LOGIN: `corr&ct "horse" <${mixed('login', 8)}> 100%`,
  SHOP_API_KEY: mixed('api key', 20),
  SHOP_TOKEN: mixed('token', 22),
  CLIENT_SECRET: `${mixed('client', 12)}/+=${mixed('client2', 9)}`,
  DB_PASSWORD: `p@ss${mixed('password', 10)}'!`,
  SMTP_PASSWD: mixed('smtp', 12),
  GPG_PASSPHRASE: `${mixed('gpg', 9)} and ${mixed('gpg2', 9)}`,
  SIGNING_KEY: mixed('signing', 32),
  ADMIN_PASS: mixed('admin', 12),
};
/** In an address, and told alone. */
export const ADDRESS_PASSWORD = mixed('address', 16);
/** What a step of a suite sets. */
export const STEP_SECRET = mixed('step', 18);
/** Stands in a file, and only a scanner says that it is a secret. */
export const FOUND_SECRET = mixed('found', 24);

/** A text as people, tools and formats write it down. */
export const FORMS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  ...Object.fromEntries(
    ['', '=', ': '].flatMap((before) =>
      (['base64', 'base64url'] as const).map((form) => [
        `${form} after ${before.length}`,
        (text: string) => Buffer.from(`${before}${text}`).toString(form),
      ]),
    ),
  ),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => Buffer.from(text).toString('hex').toUpperCase(),
  address: encodeURIComponent,
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  XML: (text) => inTags(text).replaceAll("'", '&apos;'),
  HTML: (text) => inTags(text).replaceAll("'", '&#39;'),
};

function inTags(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** All that gives a secret away where it is found. */
export function traces(value: string): readonly string[] {
  const lines = value.split('\n').filter((line) => !line.startsWith('-----'));
  return lines.flatMap((line) => [
    ...Object.entries(FORMS).map(([name, write]) =>
      // The letters at the ends are shared with what stands beside them.
      name.startsWith('base64') ? write(line).replace(/=+$/, '').slice(4, -2) : write(line),
    ),
    [...line].reverse().join(''),
  ]);
}
