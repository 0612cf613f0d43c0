/** The whole matrix of killed rollouts: every point, by driver and store, some lanes at a time. */

import type { Cluster } from '../contracts/cluster.ts';
import { openLane, type Lane, type LaneOptions } from './rollout-lane.ts';
import { CONTINUATIONS, pointsOf, runCell, type Cell, type Flow } from './rollout-points.ts';

export interface Setting {
  readonly packageRoot: string;
  readonly driver: LaneOptions['driver'];
  /** Absent: SQLite. */
  readonly cluster?: Cluster;
}

export interface Told {
  readonly cells: number;
  /** A line each, with its cell. */
  readonly wrong: readonly string[];
}

let databases = 0;

/** Two releases in both environments, so that there is a way back. */
export async function readyLane({ packageRoot, driver, cluster }: Setting): Promise<Lane> {
  const database = `lane${process.pid}n${(databases += 1)}`;
  cluster?.create(database);
  const postgres = cluster === undefined ? {} : { postgres: cluster.url(database) };
  const lane = await openLane({ packageRoot, driver, ...postgres });
  try {
    for (const version of ['1.0.0', '2.0.0'])
      for (const environment of ['staging', 'production'] as const)
        await lane.deploy(environment, version);
    return lane;
  } catch (error) {
    await lane.close();
    throw error;
  }
}

/** Every point of a flow. @param each how many continuations of each point: one, taking turns, or all */
export async function cellsOf(lane: Lane, flow: Flow, each: 'one' | 'all'): Promise<Cell[]> {
  const points = await pointsOf(lane, flow);
  return points.flatMap((point, n) => {
    const turn = CONTINUATIONS[n % CONTINUATIONS.length] ?? 'resume';
    return (each === 'all' ? CONTINUATIONS : [turn]).map((continuation) => {
      return { flow, point, continuation };
    });
  });
}

/** Whatever was wrong in one cell shall not be in the way of the next: it goes on in a lane of its own. */
export async function runCells(
  setting: Setting,
  lanes: (Lane | undefined)[],
  cells: readonly Cell[],
): Promise<Told> {
  const left = [...cells];
  const wrong: string[] = [];
  await Promise.all(
    lanes.map(async (_, n) => {
      for (let cell = left.shift(); cell !== undefined; cell = left.shift()) {
        const lane = (lanes[n] ??= await readyLane(setting));
        const found = await runCell(lane, cell).catch((error: unknown) => [String(error)]);
        if (found.length === 0) continue;
        const name = `${cell.flow.name}, ${cell.point}, ${cell.continuation}`;
        wrong.push(...found.map((line) => `${name}: ${line}`));
        lanes[n] = undefined;
        await lane.close();
      }
    }),
  );
  return { cells: cells.length, wrong };
}
