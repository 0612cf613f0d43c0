/** Reads single variables and collects what is wrong with them. A set but blank variable counts as unset. */
export class EnvReader {
  readonly problems: string[] = [];
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** The trimmed text, or undefined when it is unset. */
  text(name: string): string | undefined {
    const value = this.#env[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** A whole number within the limits, or the fallback when it is unset or wrong. */
  integer(name: string, fallback: number, { min = 0, max = 2 ** 31 - 1 } = {}): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.problems.push(`${name} must be a whole number from ${min} to ${max}, got \`${text}\``);
    return fallback;
  }

  /** One of a closed set of words. */
  oneOf<T extends string>(name: string, words: readonly T[], fallback: T): T {
    const text = this.text(name);
    const word = words.find((candidate) => candidate === (text ?? fallback));
    if (word !== undefined) return word;
    this.problems.push(`${name} must be one of ${words.join(', ')}, got \`${text}\``);
    return fallback;
  }

  /** An address. The text is not repeated in the problem, because an address may carry a password. */
  url(name: string, protocols: readonly string[]): URL | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url !== undefined && protocols.includes(url.protocol)) return url;
    this.problems.push(`${name} must be an address that starts with ${protocols.join(' or ')}`);
    return undefined;
  }
}
