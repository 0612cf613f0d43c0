/** Cycles of a directed graph: its strongly connected components, by Tarjan's algorithm without recursion. */

export type Graph = ReadonlyMap<string, readonly string[]>;

/** For each component in which everything leads back to itself, one shortest way around; sorted by its first file. */
export function cyclesOf(graph: Graph): readonly (readonly string[])[] {
  return componentsOf(graph)
    .filter(([first, ...others]) => others.length > 0 || (graph.get(first!) ?? []).includes(first!))
    .map((component) => shortestCycle(graph, component))
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

interface Visit {
  readonly node: string;
  next: number;
}

/** https://epubs.siam.org/doi/10.1137/0201010 */
function componentsOf(graph: Graph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const components: string[][] = [];
  const lower = (node: string, to: number): void => {
    lowest.set(node, Math.min(lowest.get(node)!, to));
  };
  for (const start of graph.keys()) {
    if (order.has(start)) continue;
    const visits: Visit[] = [{ node: start, next: 0 }];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const { node } = visit;
      if (visit.next === 0) {
        order.set(node, order.size);
        lowest.set(node, order.get(node)!);
        open.push(node);
        isOpen.add(node);
      }
      const child = graph.get(node)?.[visit.next];
      visit.next += 1;
      if (child !== undefined) {
        if (!order.has(child)) visits.push({ node: child, next: 0 });
        else if (isOpen.has(child)) lower(node, order.get(child)!);
        continue;
      }
      visits.pop();
      const parent = visits.at(-1);
      if (parent !== undefined) lower(parent.node, lowest.get(node)!);
      if (lowest.get(node) !== order.get(node)) continue;
      const component = open.splice(open.indexOf(node));
      for (const one of component) isOpen.delete(one);
      components.push(component);
    }
  }
  return components;
}

/** Breadth first from the component's first name back to it. */
function shortestCycle(graph: Graph, component: readonly string[]): string[] {
  const inside = new Set(component);
  const start = component.toSorted()[0]!;
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) {
        const way = [node];
        while (way[0] !== start) way.unshift(cameFrom.get(way[0]!)!);
        return way;
      }
      if (!inside.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [start];
}
