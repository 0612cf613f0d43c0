/** Seeded histories of a small project with reports of its coverage: the same seed, the same lines. */

export interface Line {
  readonly text: string;
  /** A statement begins here. */
  readonly runs: boolean;
}

/** By path; blocks stay whole, so that every version of a file can be parsed. */
export type Tree = ReadonlyMap<string, readonly (readonly Line[])[]>;

export type Random = (below: number) => number;

/** mulberry32 */
export function randomOf(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below || 0;
  };
}

export const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random(from.length))]!;

const NAMES = [
  ...['src/cart.js', 'src/price.ts', 'src/with space.js', 'src/größe.js', 'lib/stock.py'],
  ...['lib/größe mit.py', 'scripts/release.js', 'test/cart.test.js', 'tests/test_stock.py'],
  ...['README.md', 'app.js', 'src/deep/er/tax.ts'],
];

export function firstTree(random: Random): Tree {
  return new Map(NAMES.map((name) => [name, blocks(random, name, 3)]));
}

/** Some edits, as people make them: lines in the middle, whole functions, files that come, go and move. */
export function nextTree(random: Random, tree: Tree): Tree {
  const next = new Map(tree);
  for (let edits = 1 + random(7); edits > 1; edits--) edit(random, next);
  return next;
}

function edit(random: Random, tree: Map<string, readonly (readonly Line[])[]>): void {
  const name = pick(random, [...tree.keys()]);
  const old = tree.get(name)!;
  const at = Math.floor(random(old.length + 1));
  const kind = random(10);
  if (kind < 4) tree.set(name, [...old.slice(0, at), ...blocks(random, name, 2), ...old.slice(at)]);
  else if (kind < 7)
    tree.set(
      name,
      old.map((block) => longer(random, name, block)),
    );
  else if (kind < 8.5) tree.set(name, old.toSpliced(at, 1));
  else if (kind < 9) {
    const gone = NAMES.find((one) => !tree.has(one)) ?? name.replace(/(\.\w+)$/, '2$1');
    tree.set(gone, blocks(random, gone, 4));
  } else {
    tree.delete(name);
    if (kind < 9.5) tree.set(name.replace(/([^/]+)$/, 'moved-$1'), old);
  }
}

function longer(random: Random, name: string, block: readonly Line[]): readonly Line[] {
  if (random(3) > 1 || name.endsWith('.md')) return block;
  const indent = name.endsWith('.py') ? '    ' : '  ';
  const end = name.endsWith('.py') ? '' : ';';
  const count = Math.floor(random(1_000));
  return block.toSpliced(1, 0, { text: `${indent}log(${count})${end}`, runs: true });
}

function blocks(random: Random, name: string, most: number): (readonly Line[])[] {
  return Array.from({ length: Math.ceil(random(most)) }, () => {
    const id = Math.floor(random(1e6));
    if (name.endsWith('.md')) return lines(`- a line about ${id}`, '');
    return name.endsWith('.py') ? pythonBlock(id, random) : scriptBlock(id, random);
  });
}

/** A leading `!` marks a line on which a statement begins. */
function lines(...texts: readonly string[]): readonly Line[] {
  return texts.map((text) => ({ text: text.replace(/^!/, ''), runs: text.startsWith('!') }));
}

function scriptBlock(id: number, random: Random): readonly Line[] {
  return lines(
    `export function f${id}(a) {`,
    ...['  // what it is for', `!  const x = a + ${id};`].slice(Math.floor(random(2))),
    ...['!  if (a > 3) {', '!    return 1;', '  }', ''].slice(random(2) < 1 ? 4 : 0),
    ...Array.from({ length: random(6) }, (_, at) => `!  log(${at});`),
    ...['!  return a;', '}', ''],
  );
}

function pythonBlock(id: number, random: Random): readonly Line[] {
  return lines(
    `!def f${id}(a):`,
    ...['    # what it is for', `!    x = a + ${id}`].slice(Math.floor(random(2))),
    ...['!    if a > 3:', '!        return 1', ''].slice(random(2) < 1 ? 3 : 0),
    ...Array.from({ length: random(6) }, (_, at) => `!    log(${at})`),
    ...['!    return a', '', ''],
  );
}

export const textOf = (file: Tree extends ReadonlyMap<string, infer F> ? F : never): string =>
  file.flatMap((block) => block.map(({ text }) => `${text}\n`)).join('');

/** Lines of a file and how often each ran; `functions` are named on lines that need not be among them. */
export interface Counted {
  readonly hits: ReadonlyMap<number, number>;
  readonly functions: ReadonlyMap<number, number>;
}

export type Report = ReadonlyMap<string, Counted>;

/** What a tool may list: not every file, lines that begin no statement, and not all that do. */
export function reportOf(random: Random, tree: Tree): Report {
  const named = [...tree].filter(([name]) => {
    const isTest = /^tests?\//.test(name);
    return !name.endsWith('.md') && random(1) < (isTest ? 0.3 : 0.8);
  });
  return new Map(named.map(([name, file]) => [name, counted(random, file.flat())]));
}

function counted(random: Random, file: readonly Line[]): Counted {
  const reach = random(1.2);
  const run = (): number => (random(1) < reach ? Math.ceil(random(9)) : 0);
  const hits = new Map<number, number>();
  const functions = new Map<number, number>();
  for (const [index, { text, runs }] of file.entries()) {
    if (random(1) < (runs ? 0.95 : 0.05)) hits.set(index + 1, run());
    if (/function|^def/.test(text)) functions.set(index + 1, run());
  }
  return { hits, functions };
}

/** The same lines, run by other tests; `ragged` leaves some of them out. */
export function secondOf(random: Random, first: Report, ragged: boolean): Report {
  const kept = [...first].filter(() => random(1) < 0.8);
  return new Map(
    kept.map(([name, { hits, functions }]) => {
      const again = [...hits].filter(() => !ragged || random(1) < 0.9);
      return [
        name,
        { hits: new Map(again.map(([line]) => [line, random(2) < 1 ? 0 : 2])), functions },
      ];
    }),
  );
}

/** As jest writes it, functions and all; paths from the root or whole ones. */
export function lcovOf(report: Report, named: (file: string) => string): string {
  return [...report]
    .map(([name, { hits, functions }]) => {
      const places = [...functions];
      return [
        ...['TN:', `SF:${named(name)}`],
        ...places.map(([line]) => `FN:${line},f${line}`),
        ...places.map(([line, count]) => `FNDA:${count},f${line}`),
        ...[...hits].map(([line, count]) => `DA:${line},${count}`),
        ...[`LF:${hits.size}`, `LH:${[...hits.values()].filter((count) => count > 0).length}`],
        ...['end_of_record', ''],
      ].join('\n');
    })
    .join('');
}

/** As coverage.py writes it: names below one of its sources. */
export function coberturaOf(report: Report, source: string): string {
  const classes = [...report].map(([name, { hits }]) => {
    const all = [...hits].map(([line, count]) => `<line number="${line}" hits="${count}"/>`);
    return `<class filename="${name}"><lines>${all.join('')}</lines></class>`;
  });
  return `<?xml version="1.0"?>
<coverage version="7"><sources><source>${source}</source></sources><packages><package>
<classes>${classes.join('\n')}</classes></package></packages></coverage>`;
}
