/** The counters of all releases, kept so that the next daemon goes on where this one ends. */

import { trafficFile } from './folders.ts';
import { TrafficFileShape } from './shapes.ts';
import { createCounter, type Counter } from './splitter/traffic.ts';
import { readJson, writeWhole } from './whole-file.ts';

export interface TrafficBook {
  counterOf(key: string): Counter;
  /** Writes what has changed; a disk that is full leaves the older counts, to be tried again. */
  save(): void;
  /** Releases that are gone are counted from nothing should they ever come back. */
  forgetAllBut(keys: readonly string[]): void;
}

export function openTrafficBook(folder: string): TrafficBook {
  const file = trafficFile(folder);
  const read = TrafficFileShape.safeParse(readJson(file));
  const counters = new Map(
    Object.entries(read.data ?? {}).map(([key, traffic]) => [key, createCounter(traffic)]),
  );
  let saved = sumOf(counters);
  return {
    counterOf(key) {
      const counter = counters.get(key) ?? createCounter();
      counters.set(key, counter);
      return counter;
    },
    save() {
      const sum = sumOf(counters);
      if (sum === saved) return;
      const all = [...counters].map(([key, counter]) => [key, counter.read()] as const);
      try {
        writeWhole(file, `${JSON.stringify(Object.fromEntries(all))}\n`);
        saved = sum;
      } catch {
        // tried again with the next look
      }
    },
    forgetAllBut(keys) {
      const known = new Set(keys);
      for (const key of [...counters.keys()]) if (!known.has(key)) counters.delete(key);
    },
  };
}

/** Every count adds a request, so that the sum tells whether there is anything new. */
function sumOf(counters: ReadonlyMap<string, Counter>): number {
  let sum = 0;
  for (const counter of counters.values()) sum += counter.requests;
  return sum;
}
