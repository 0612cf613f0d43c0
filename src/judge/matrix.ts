/** The build matrix: every environment a build must hold in, each a cell of its own. */

/** One dimension of it: `node` with `18`, `20`, `22`. */
export interface MatrixAxis {
  readonly name: string;
  readonly values: readonly string[];
}

export type Matrix = readonly MatrixAxis[];

/** A value for each axis, in the order of the axes. */
export type Cell = Readonly<Record<string, string>>;

/** Every combination, the last axis turning fastest. */
export function cellsOf(matrix: Matrix): readonly Cell[] {
  let cells: readonly Cell[] = matrix.length === 0 ? [] : [{}];
  for (const { name, values } of matrix) {
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value })));
  }
  return cells;
}

/** `node=18,python=3.10,os=ubuntu-latest`: its name in commands, reports and messages. */
export function keyOf(cell: Cell): string {
  return Object.entries(cell)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(',');
}

/** The cell of this name, its parts in any order; or why there is none. */
export function cellNamed(
  text: string,
  matrix: Matrix,
): { readonly ok: true; readonly cell: Cell } | { readonly ok: false; readonly why: string } {
  const refused = (why: string) => ({ ok: false, why }) as const;
  if (matrix.length === 0) return refused('no gate in force has a build_matrix');
  const given = new Map<string, string>();
  for (const part of text.split(',')) {
    const [, axis = '', value = ''] = /^\s*([\w-]+)=(\S+)\s*$/.exec(part) ?? [];
    const known = matrix.find(({ name }) => name === axis);
    if (known === undefined) {
      return refused(`\`${part.trim()}\` is no part of a cell; it has ${list(matrix)}`);
    }
    if (!known.values.includes(value)) {
      return refused(`there is no ${axis} ${value} in the matrix: ${known.values.join(', ')}`);
    }
    if (given.has(axis)) return refused(`${axis} is given twice`);
    given.set(axis, value);
  }
  const missing = matrix.find(({ name }) => !given.has(name));
  if (missing !== undefined)
    return refused(`${missing.name} is missing: ${missing.values.join(', ')}`);
  return { ok: true, cell: Object.fromEntries(matrix.map(({ name }) => [name, given.get(name)!])) };
}

const list = (matrix: Matrix): string => matrix.map(({ name }) => `${name}=…`).join(',');
