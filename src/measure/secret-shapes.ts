/**
 * Secrets that show by their form what they are. Every pattern takes time linear in the text, and has an end: a run of
 * millions of letters would break the engine.
 */

export const REDACTED = '[redacted]';

/** Where a word begins; in JSON text the letter of an escaped line break stands in front of it. */
const START = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt]))`;

/** Each has a beginning that says what it is, so that none needs to know what stands around it. */
const TOKENS = new RegExp(
  [
    'gh[oprsu]_[A-Za-z0-9]{20,4000}',
    String.raw`github_pat_\w{20,4000}`,
    String.raw`gl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent)-[\w.-]{16,4000}`,
    '(?:AKIA|ASIA)[A-Z0-9]{16}',
    'xox[a-z]-[A-Za-z0-9-]{10,4000}',
    'xapp-[0-9]-[A-Za-z0-9-]{20,4000}',
    String.raw`(?<=hooks\.slack\.com(?:\\?\/|%2F)services(?:\\?\/|%2F))[\w/\\%-]{20,200}`,
    '[rs]k_live_[A-Za-z0-9]{10,4000}',
    'whsec_[A-Za-z0-9+/=]{24,4000}',
    String.raw`${START}sk-(?:ant|proj|svcacct|admin|or|None)-[\w-]{16,4000}`,
    `${START}sk-[A-Za-z0-9]{20,4000}`,
    String.raw`AIza[\w-]{30,4000}`,
    String.raw`GOCSPX-[\w-]{20,4000}`,
    String.raw`ya29\.[\w-]{20,4000}`,
    'npm_[A-Za-z0-9]{30,4000}',
    String.raw`pypi-AgE[\w-]{40,4000}`,
    String.raw`dckr_pat_[\w-]{20,4000}`,
    'do[opr]_v1_[a-f0-9]{40,4000}',
    `${START}hf_[A-Za-z0-9]{30,4000}`,
    String.raw`${START}SG\.[\w-]{16,100}\.[\w-]{16,4000}`,
    `${START}SK[0-9a-f]{32}(?![0-9a-f])`,
    `${START}key-[0-9a-f]{32}(?![0-9a-f])`,
    'dapi[0-9a-f]{32}',
    'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}',
    'lin_api_[A-Za-z0-9]{32,4000}',
    String.raw`ATATT3[\w=-]{40,4000}`,
    String.raw`${START}hvs\.[\w-]{24,4000}`,
    String.raw`pscale_(?:tkn|pw|oauth)_[\w.-]{30,4000}`,
    String.raw`gl(?:sa|c)_[\w+/=]{32,4000}`,
    'NRAK-[A-Z0-9]{27}',
    'AGE-SECRET-KEY-1[A-Z0-9]{50,100}',
    String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,4000}`,
    'sbp_[a-f0-9]{40}',
    String.raw`[0-9]{8,10}:AA[\w-]{33}`,
  ].join('|'),
  'g',
);

/** What says that the rest is a secret stays. */
const NAMED: readonly RegExp[] = [
  /(aws[_.-]?secret[\w.-]{0,30}[^A-Za-z0-9/+]{1,10})[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+])/gi,
  /(authorization[^A-Za-z0-9]{1,6}(?:bearer|basic|token)\s{1,4})[\w.~+/=-]{8,4000}/gi,
];
/** How everything that PARAMETER and ASSIGNED look for comes to its sign. */
const ASSIGNS = /(?:word|passwd|phrase|secret|token|key|signature|pwd|sig)=/i;
const PARAMETER =
  /((?:[?;]|&(?:amp;)?)(?:\w{0,20}(?:password|passwd|secret|token|api_?key|accountkey|accesskey|signature)|pwd|sig)=)[^\s&;"'<>\\]{8,4000}/gi;
/**
 * `password=…` in words of people, a title of a test for one. A value without a digit is a word of the language
 * (`token=undefined`); one that begins like a variable, a path, a comparison or a call says where a secret comes from.
 */
const ASSIGNED =
  /((?<!\w)\w{0,40}(?:password|passwd|passphrase|secret|token|api_?key)=(?:\\?["']|&(?:quot|apos|#39);)?)(?![=$%{<[(*]|(?:~|\.{0,2})\/|(?:process|import|os|env|self|this|config)\.|[\w.]{1,200}\()(?=[^\s&;,"'`<>\\|(){}]{0,200}\d)[^\s&;,"'`<>\\|(){}]{8,4000}/gi;
const PASSWORD_IN_URL = /(:\/\/[^\s/:@"'\\]{0,1000}:)[^\s/"'\\]{1,4000}@/g;
const DOTTED = /[\w.-]{20,20000}/g;
/** Its lines may have been joined by whatever stood at hand. */
const KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\w+/=\s:,.()|;~^*#%]|\\[\\nrt]|&#(?:1[03]|x[AaDd]|61|x3[Dd]|43|x2[Bb]|47|x2[Ff]);|-(?!----)){0,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g;
/** What is left of a key whose beginning was cut off. */
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** Takes every secret of a known form out of a text that is written plainly. */
export function withoutShapes(text: string): string {
  let known = withoutKeys(text);
  // Most texts hold none, and to look for a word takes a fraction of what a pattern does.
  const named = ASSIGNS.test(known) ? [...NAMED, PARAMETER, ASSIGNED] : NAMED;
  for (const one of named) known = known.replace(one, `$1${REDACTED}`);
  known = known.replace(TOKENS, REDACTED);
  if (known.includes('eyJ')) known = known.replace(DOTTED, withoutJwt);
  return known.replace(PASSWORD_IN_URL, `$1${REDACTED}@`);
}

const SHORTEST_PART = 8;

/** `eyJ….….…`, wherever it begins in a chain of words with dots between them. */
function withoutJwt(chain: string): string {
  if (!chain.includes('eyJ')) return chain;
  const parts = chain.split('.');
  const kept: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!;
    const at = part.indexOf('eyJ');
    const follows = index + 2 < parts.length && parts[index + 1]!.length >= SHORTEST_PART;
    const isToken = at !== -1 && part.length - at >= SHORTEST_PART && follows;
    kept.push(isToken ? `${part.slice(0, at)}${REDACTED}` : part);
    if (isToken) index += 2;
  }
  return kept.join('.');
}

function withoutKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text;
  const whole = text.replace(KEY, REDACTED);
  let rest = '';
  let done = 0;
  for (const { 0: end, index } of whole.matchAll(KEY_END)) {
    rest += `${whole.slice(done, keyStart(whole, done, index))}${REDACTED}`;
    done = index + end.length;
  }
  return rest + whole.slice(done);
}

/** Back over the lines of letters without a blank between them, however they were joined. */
function keyStart(text: string, from: number, end: number): number {
  let start = end;
  while (start > from && /[A-Za-z0-9+/=\r\n\\|]/.test(text[start - 1]!)) start--;
  return start;
}
