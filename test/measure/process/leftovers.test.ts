import { afterAll, describe, expect, test } from 'vitest';
import {
  canEscape,
  carriersOf,
  createRig,
  hasProc,
  isAlive,
  needsProcAndSetsid,
  ownZombies,
  watchdogsOf,
} from './rig.ts';

const rig = createRig();
afterAll(() => rig.end());

describe('what a process leaves behind', () => {
  test('a background process that holds stdout open is ended and counted', async () => {
    const { end, survivors } = await rig.sh('sleep 600 & echo $! > left; exit 0');
    expect({ end, survivors }).toEqual({ end: { kind: 'exited', code: 0 }, survivors: 1 });
    expect(isAlive(await rig.pidFrom('left'))).toBe(false);
  });

  test('one that finishes by itself a moment later is not counted', async () => {
    const patient = createRig({ drainMs: 3_600_000 });
    const { survivors } = await patient.sh('sleep 0.05 & exit 0');
    expect(survivors).toBe(0);
    await patient.end();
  });

  test('the whole group goes, also what ignores TERM after its leader obeyed', async () => {
    const abort = new AbortController();
    const running = rig.sh(
      `sh -c 'trap "" TERM; echo $$ > stubborn; while :; do sleep 0.05; done' & sleep 600`,
      {},
      abort.signal,
    );
    const pid = await rig.pidFrom('stubborn');
    abort.abort();
    const { end, survivors } = await running;
    expect(end.kind).toBe('aborted');
    expect(survivors).toBeGreaterThanOrEqual(1);
    expect(isAlive(pid)).toBe(false);
  });

  test.skipIf(!canEscape)(
    `setsid and double fork do not escape a kill${needsProcAndSetsid}`,
    async () => {
      const abort = new AbortController();
      const running = rig.sh(
        `setsid sh -c 'trap "" TERM; (sh -c "echo \\$\\$ > twice; exec sleep 600" &) ; exit 0'
         setsid sh -c 'trap "" TERM HUP; echo $$ > session; sleep 600' &
         exec sleep 600`,
        {},
        abort.signal,
      );
      const escaped = [await rig.pidFrom('twice'), await rig.pidFrom('session')];
      abort.abort();
      const { survivors } = await running;
      expect(escaped.filter(isAlive)).toEqual([]);
      expect(survivors).toBeGreaterThanOrEqual(2);
    },
  );

  test.skipIf(!canEscape)(
    `a kill spares the escapees of other processes; the end of the run does not${needsProcAndSetsid}`,
    async () => {
      const { engine, sh, pidFrom, end, runId } = createRig();
      await sh('setsid sh -c "echo \\$\\$ > early; exec sleep 600" > /dev/null 2>&1 &');
      const early = await pidFrom('early');
      await sh('exec sleep 600', { timeoutMs: 20 });
      expect(isAlive(early)).toBe(true);
      await engine.close();
      expect(isAlive(early)).toBe(false);
      expect(carriersOf(runId)).toEqual([]);
      await end();
    },
  );

  test.skipIf(!hasProc)(
    `two engines do not touch each other, even with ids that begin alike${hasProc ? '' : ' (skipped: no /proc)'}`,
    async () => {
      const first = createRig({ runId: `${rig.runId}-1` });
      const second = createRig({ runId: `${rig.runId}-10` });
      const abort = new AbortController();
      const running = second.sh('echo $$ > mine; exec sleep 600', {}, abort.signal);
      const pid = await second.pidFrom('mine');
      await first.sh('exec sleep 600', { timeoutMs: 20 });
      await first.end();
      expect(isAlive(pid)).toBe(true);
      abort.abort();
      expect((await running).end).toEqual({ kind: 'aborted' });
      await second.end();
    },
  );
});

describe('close', () => {
  test('aborts what runs, and may be called twice', async () => {
    const { engine, sh, pidFrom, end } = createRig();
    const running = sh('echo $$ > busy; exec sleep 600');
    const pid = await pidFrom('busy');
    await Promise.all([engine.close(), engine.close()]);
    expect((await running).end).toEqual({ kind: 'aborted' });
    expect(isAlive(pid)).toBe(false);
    await expect(sh('exit 0')).rejects.toThrow('closed');
    await end();
  });

  test.skipIf(!hasProc)(
    `one watchdog for many processes, none before the first or after close${hasProc ? '' : ' (skipped: no /proc)'}`,
    async () => {
      const { engine, sh, runId, end } = createRig();
      expect(watchdogsOf(runId)).toHaveLength(0);
      await Promise.all([sh('exit 0'), sh('exit 0')]);
      await sh('exit 0');
      expect(watchdogsOf(runId)).toHaveLength(1);
      await engine.close();
      expect(watchdogsOf(runId)).toHaveLength(0);
      expect(ownZombies()).toEqual([]);
      await end();
    },
  );
});
