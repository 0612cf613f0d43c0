/** The words of `deploy:rollback --immediate`, read without a library. Pure. */

import { fail, ok, type Result } from '../../failure.ts';

export interface Asked {
  readonly release: string | undefined;
  readonly service: string | undefined;
  readonly environment: string | undefined;
  readonly reason: string | undefined;
  readonly cwd: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

const VALUES = {
  '--env': 'environment',
  '--service': 'service',
  '--reason': 'reason',
  '--cwd': 'cwd',
};
const FLAGS = { '--json': 'json', '--quiet': 'quiet', '--immediate': undefined };

/** @param words after `deploy:rollback`; the failure says what is wrong with them */
export function readWords(words: readonly string[]): Result<Asked, string> {
  const asked: Record<string, string> = {};
  const flags = { json: false, quiet: false };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = word, given] = /^(--[a-z]+)=(.*)$/s.exec(word) ?? [];
    if (Object.hasOwn(VALUES, name)) {
      const value = given ?? rest.shift();
      if (!isLine(value)) return fail(`${name} takes one line of text`);
      asked[VALUES[name as keyof typeof VALUES]] = value;
    } else if (Object.hasOwn(FLAGS, name) && given === undefined) {
      const flag = FLAGS[name as keyof typeof FLAGS];
      if (flag === 'json' || flag === 'quiet') flags[flag] = true;
    } else if (word.startsWith('-')) return fail(`there is no option ${word.slice(0, 60)}`);
    else if (asked['release'] !== undefined) return fail('name one release, or none');
    else asked['release'] = word;
  }
  const { release, service, environment, reason, cwd } = asked;
  return ok({ release, service, environment, reason, cwd, ...flags });
}

function isLine(value: string | undefined): value is string {
  return value !== undefined && /^\P{Cc}{1,1000}$/u.test(value);
}
