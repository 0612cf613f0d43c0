/** What the YAML library made of a text, as plain values and offsets. */

import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import {
  pointer,
  type Layout,
  type Offset,
  type Offsets,
  type Plain,
  type Spot,
} from './yaml-document.ts';

type Offsetted = Map<string, Offsets>;

export function layoutOf(contents: unknown): Layout {
  const offsets: Offsetted = new Map([['', { value: [0, 1] }]]);
  const value = plain(contents, '', offsets);
  return { value, offsets: [...offsets] };
}

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
