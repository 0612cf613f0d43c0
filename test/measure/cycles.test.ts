/** Cycles of a graph, against the definition: who can be reached from himself. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cyclesOf, type Graph } from '../../src/measure/cycles.ts';

const graphOf = (edges: readonly (readonly [number, number])[], size: number): Graph =>
  new Map(
    Array.from({ length: size }, (_, node) => [
      `${node}`,
      edges.filter(([from]) => from === node).map(([, to]) => `${to}`),
    ]),
  );

function reachable(graph: Graph, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...graph.get(from)!];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...graph.get(node)!);
  }
  return seen;
}

test('one cycle for each group that reaches itself, and each is a way around', () => {
  const node = fc.nat({ max: 8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(node, node), { maxLength: 18 }), (edges) => {
      const graph = graphOf(edges, 9);
      const reach = new Map([...graph.keys()].map((one) => [one, reachable(graph, one)]));
      const circular = [...graph.keys()].filter((one) => reach.get(one)!.has(one));
      const groups = new Set(
        circular.map((one) =>
          circular
            .filter((other) => reach.get(one)!.has(other) && reach.get(other)!.has(one))
            .join(),
        ),
      );
      const found = cyclesOf(graph);
      expect(found).toHaveLength(groups.size);
      for (const way of found) {
        expect(new Set(way).size).toBe(way.length);
        for (const [at, one] of way.entries())
          expect(graph.get(one)).toContain(way[(at + 1) % way.length]);
      }
    }),
    { numRuns: 500 },
  );
});

test('a chain of a hundred thousand modules needs no deep stack', () => {
  const size = 100_000;
  const graph = new Map(
    Array.from({ length: size }, (_, node) => [`${node}`, [`${(node + 1) % size}`]]),
  );
  expect(cyclesOf(graph)[0]).toHaveLength(size);
});
