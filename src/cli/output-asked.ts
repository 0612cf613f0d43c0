/** What `--output` asks for, and whether it can be: `sarif=out.sarif`, `junit`, `html=-`. */

import { fail, ok, type Failure, type Result } from '../failure.ts';
import { nearest } from '../language/index.ts';
import { OUTPUTS, type OutputName } from '../report/outputs.ts';

export interface AskedOutput {
  readonly kind: OutputName;
  /** As written; undefined for standard output. */
  readonly path: string | undefined;
}

export interface AskedOutputs {
  /** What goes to standard output. */
  readonly stdout: OutputName;
  readonly files: readonly { readonly kind: OutputName; readonly path: string }[];
}

/** @param json `--json`, the older word for `--output json` */
export function readOutputs(words: readonly string[], json: boolean): Result<AskedOutputs> {
  const asked: AskedOutput[] = [];
  for (const word of words) {
    const read = readOutput(word);
    if (!read.ok) return read;
    asked.push(read.value);
  }
  const toStdout = asked.filter(({ path }) => path === undefined).map(({ kind }) => kind);
  const kinds = new Set<OutputName>([...toStdout, ...(json ? ['json' as const] : [])]);
  if (kinds.size > 1) {
    const message = `only one output can go to standard output; asked for ${[...kinds].join(' and ')}`;
    return fail(usage(message, `name a file: --output ${[...kinds].at(-1)}=<path>`));
  }
  const [stdout = 'pretty'] = kinds;
  const files = asked.flatMap(({ kind, path }) => (path === undefined ? [] : [{ kind, path }]));
  return ok({ stdout, files });
}

function readOutput(word: string): Result<AskedOutput> {
  const at = word.indexOf('=');
  const name = at === -1 ? word : word.slice(0, at);
  const path = at === -1 ? '-' : word.slice(at + 1);
  const names = OUTPUTS.map((one) => one.name);
  const kind = names.find((known) => known === name);
  if (kind === undefined) {
    const near = nearest(name, names);
    const help = near === undefined ? `kinds: ${names.join(', ')}` : `did you mean ${near}?`;
    return fail(usage(`there is no output \`${name.slice(0, 60)}\``, help));
  }
  if (path === '') {
    return fail(usage(`--output ${kind}= names no file`, `write ${kind}=<path>, or ${kind}`));
  }
  if (path.includes('\0')) return fail(usage(`the path of ${kind} holds a NUL`, 'name another'));
  return ok({ kind, path: path === '-' ? undefined : path });
}

function usage(message: string, help: string): Failure {
  return { kind: 'usage', message, help: [help] };
}
