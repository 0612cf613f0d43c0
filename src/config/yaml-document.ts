/** A parsed file as plain values with places: text, lists, and mappings without a prototype. */

import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { Place } from '../failure.ts';
import type { Placer } from './yaml-place.ts';

export type Plain = string | readonly Plain[] | { readonly [key: string]: Plain };

/** A step into a document: a key or an index. */
export type Step = string | number;

export interface Spot extends Place {
  readonly length: number;
  readonly source: string;
  /** How a scalar was written; undefined for collections and for nothing at all. */
  readonly style?: 'plain' | 'quoted' | 'block';
}

export interface Document {
  readonly file: string;
  readonly value: Plain;
  /** Where the value at a path stands; the nearest enclosing one when the path leads nowhere. */
  spot(this: void, path: readonly Step[]): Spot;
  /** Where the key of a path stands. */
  keySpot(this: void, path: readonly Step[]): Spot;
}

interface Offsets {
  value: Offset;
  key?: Offset;
}
type Offset = readonly [start: number, end: number, style?: Spot['style']];

/** Only the offsets are kept: most places are never asked for. */
type Offsetted = Map<string, Offsets>;

export function documentOf(file: string, contents: unknown, at: Placer): Document {
  const offsets: Offsetted = new Map([['', { value: [0, 1] }]]);
  const value = plain(contents, '', offsets);
  const lookUp = (path: readonly Step[]) => {
    for (let length = path.length; length >= 0; length--) {
      const found = offsets.get(path.slice(0, length).reduce<string>(pointer, ''));
      if (found !== undefined) return { found, isExact: length === path.length };
    }
    return { found: { value: [0, 1] } satisfies Offsets as Offsets, isExact: false };
  };
  const spotOf = ([start, end, style]: Offset): Spot =>
    style === undefined ? at(start, end) : { ...at(start, end), style };
  return {
    file,
    value,
    spot: (path) => {
      const { found, isExact } = lookUp(path);
      return spotOf(isExact ? found.value : (found.key ?? found.value));
    },
    keySpot: (path) => {
      const { found } = lookUp(path);
      return spotOf(found.key ?? found.value);
    },
  };
}

const pointer = (path: string, step: Step): string => `${path}\0${step}`;

function plain(node: unknown, path: string, offsets: Offsetted): Plain {
  const [start = 0, end = start + 1] = (node as Node | null)?.range ?? [];
  const key = offsets.get(path)?.key;
  const note = (value: Offset) => offsets.set(path, key === undefined ? { value } : { value, key });
  if (isMap<Scalar<string>, Node | null>(node)) {
    note([start, start + 1]);
    return plainMap(node.items, path, offsets);
  }
  if (isSeq(node)) {
    note([start, start + 1]);
    return node.items.map((item, index) => {
      const innerPath = pointer(path, index);
      const [itemStart = start] = (item as Node | null)?.range ?? [];
      offsets.set(innerPath, { value: [Math.max(0, itemStart - 1), itemStart] }); // an empty one: its dash
      return plain(item, innerPath, offsets);
    });
  }
  if (!isScalar<string>(node)) return '';
  if (end > start) note([start, end, styleOf(node)]);
  return node.value ?? '';
}

function plainMap(
  items: readonly Pair<Scalar<string>, Node | null>[],
  path: string,
  offsets: Offsetted,
): Plain {
  const value = Object.create(null) as Record<string, Plain>;
  for (const { key, value: inner } of items) {
    const [start = 0, end = start + 1] = key.range ?? [];
    const innerPath = pointer(path, key.value);
    offsets.set(innerPath, { value: [start, end], key: [start, end] });
    value[key.value] = plain(inner, innerPath, offsets);
  }
  return value;
}

function styleOf({ type }: Scalar): Spot['style'] {
  if (type === 'PLAIN') return 'plain';
  return type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' ? 'quoted' : 'block';
}
