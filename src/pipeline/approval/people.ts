/** Are two names one person? By every name and address each is known under. Pure. */

const NOREPLY = /^(?:\d+\+)?([^@+\s]+)@users\.noreply\.[\w.-]+$/;
const WITH_ADDRESS = /^(.*)<([^<>]+)>\s*$/;

/** `Kim <kim@example.org>` is known as `kim` and as `kim@example.org`; an address of GitHub's also by its login. */
export function namesOf(written: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const text of written) {
    const [, name, address] = WITH_ADDRESS.exec(text) ?? [];
    for (const one of [name ?? text, address ?? '']) {
      const plain = normal(one);
      if (plain === '') continue;
      found.add(plain);
      const login = NOREPLY.exec(plain)?.[1];
      if (login !== undefined) found.add(login);
    }
  }
  return found;
}

export function isSamePerson(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].some((name) => other.has(name));
}

/** Letters that only look different are the same: case, width, blanks, what cannot be seen. */
function normal(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
