/** A parsed file as plain values with places: text, lists, and mappings without a prototype. */

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

export interface Offsets {
  value: Offset;
  key?: Offset;
}
export type Offset = readonly [start: number, end: number, style?: Spot['style']];

/** A text that was read: its values, and the offsets of each. Plain JSON, so that it can be kept. */
export interface Layout {
  readonly value: Plain;
  /** By `pointer`. Only offsets: most places are never asked for. */
  readonly offsets: readonly (readonly [pointer: string, Offsets])[];
}

export function documentOf(file: string, layout: Layout, at: Placer): Document {
  const offsets = new Map(layout.offsets);
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
    value: layout.value,
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

/** Names a place by the steps that lead there. */
export const pointer = (path: string, step: Step): string => `${path}\0${step}`;
