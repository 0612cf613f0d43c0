/** The parts of the fault suite that kill rollouts: every named point, rivals, signals, a store that goes away. */

const { stagePackage } = await import('../test/e2e/stage.ts');
const { postgresBin, startCluster } = await import('../test/contracts/cluster.ts');
const { cellsOf, readyLane, runCells } = await import('../test/faults/rollout-matrix.ts');
const { FLOWS } = await import('../test/faults/rollout-points.ts');
const { openLane } = await import('../test/faults/rollout-lane.ts');
const rivalry = await import('../test/faults/rollout-rivals.ts');
const signals = await import('../test/faults/rollout-signals.ts');

const LANES = 2;

/**
 * @typedef {(what: string, tried: string | number, work: () => Promise<{ found: string, wrong: readonly string[] }>) => Promise<void>} Row
 * @typedef {(what: string, why: string) => void} Skipped
 */

/** On a local environment with SQLite each point with every continuation, elsewhere with one of them, in turns. @param {Row} row @param {Skipped} skipped */
export async function points(row, skipped) {
  await withPackage(async (packageRoot) => {
    await matrix(row, { packageRoot, driver: 'local' }, 'SQLite', 'all');
    await matrix(row, { packageRoot, driver: 'command' }, 'SQLite', 'one');
    if (postgresBin() === undefined) return skipped('killed rollouts, Postgres', 'not installed');
    await withCluster(async (cluster) => {
      await matrix(row, { packageRoot, driver: 'local', cluster }, 'Postgres', 'one');
      await matrix(row, { packageRoot, driver: 'command', cluster }, 'Postgres', 'one');
    });
  });
}

/** @param {Row} row @param {Skipped} skipped */
export async function rivals(row, skipped) {
  await withPackage(async (packageRoot) => {
    const driver = 'local';
    const lane = await readyLane({ packageRoot, driver });
    try {
      await row('two deployers, one waits', 5, () => rounds(5, () => rivalry.twoDeployers(lane)));
      await row('deployer frozen, replaced, woken', 50, () =>
        rounds(50, (round) => rivalry.frozenDeployer(lane, round)),
      );
      await row('killed, and the same command again with --wait', 2, () =>
        rounds(2, () => rivalry.sameAgain(lane)),
      );
      await row('rollback while a deployment runs', 10, () =>
        rounds(10, () => rivalry.rollbackWins(lane)),
      );
      await row('nemesis killed while a stubborn command runs', 5, () =>
        rounds(5, () => rivalry.orphanedCommand(lane)),
      );
      await row('nobody reads its output any more', 5, () => rounds(5, () => signals.unread(lane)));
    } finally {
      await lane.close();
    }
    const slow = await openLane({ packageRoot, driver, speed: signals.CANARY_SPEED });
    try {
      await slow.deploy('staging', '1.0.0');
      /** @type {readonly (readonly [readonly NodeJS.Signals[], number])[]} */
      const sendings = [
        [['SIGTERM'], 143],
        [['SIGINT', 'SIGINT'], 130],
        [['SIGHUP'], 129],
      ];
      for (const [sent, code] of sendings)
        await row(`${sent.join()} in a canary`, 5, () =>
          rounds(5, () => signals.signalled(slow, sent, code)),
        );
    } finally {
      await slow.close();
    }
    if (postgresBin() === undefined)
      return skipped('Postgres stopped in a rollout', 'not installed');
    await withCluster(async (cluster) => {
      const far = await readyLane({ packageRoot, driver, cluster });
      try {
        await row('Postgres restarted in a rollout', 5, () =>
          rounds(5, () => signals.storeAway(far, cluster)),
        );
        await row('Postgres away for longer than a lease', 1, () =>
          rounds(1, () => signals.storeGone(far, cluster)),
        );
      } finally {
        await far.close();
      }
    });
  });
}

/** @param {number} count @param {(round: number) => Promise<readonly string[]>} work */
async function rounds(count, work) {
  /** @type {string[]} */
  const found = [];
  for (let round = 0; round < count; round += 1) found.push(...(await work(round)));
  return { found: 'one acts, one release serves', wrong: found };
}

/** @param {Row} row @param {any} setting @param {string} store @param {'one' | 'all'} each */
async function matrix(row, setting, store, each) {
  /** @type {Awaited<ReturnType<typeof readyLane> | undefined>[]} */
  const lanes = await Promise.all(Array.from({ length: LANES }, () => readyLane(setting)));
  try {
    for (const flow of FLOWS) {
      const lane = (lanes[0] ??= await readyLane(setting));
      const cells = await cellsOf(lane, flow, each);
      const of = new Set(cells.map(({ point }) => point)).size;
      const how = each === 'all' ? 'then all three' : 'then one of three';
      const what = `SIGKILL at ${of} points, ${how}: ${flow.name}; ${setting.driver}, ${store}`;
      await row(what, cells.length, async () => {
        const told = await runCells(setting, lanes, cells);
        return { found: 'one release serves, nothing lost', wrong: told.wrong };
      });
    }
  } finally {
    for (const lane of lanes) await lane?.close();
  }
}

/** @param {(packageRoot: string) => Promise<void>} work */
async function withPackage(work) {
  const { folder: packageRoot, problem, remove } = stagePackage();
  try {
    if (problem !== '') throw new Error(problem);
    await work(packageRoot);
  } finally {
    remove();
  }
}

/** @param {(cluster: any) => Promise<void>} work */
async function withCluster(work) {
  const cluster = await startCluster();
  try {
    await work(cluster);
  } finally {
    await cluster.remove();
  }
}
