/** What long bodies cost the daemon in memory: next to nothing. `bench/splitter.mjs` does the same with a gigabyte. */

import { readFileSync } from 'node:fs';
import http from 'node:http';
import { platform } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daemonOf } from '../../../../src/rollout/drivers/local/list.ts';
import { openRig, slot, type Rig } from './rig.ts';

const MIB = 1024 ** 2;
const PIECE = 65_536;
const PIECES = 3200; // 200 MiB
const EVENTS = 100_000;
const MOST_GROWTH_MIB = 96;

describe.skipIf(platform() !== 'linux')('the daemon keeps its memory', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
    await rig.apply(1, slot(await rig.release('1.0.0'), 1, 1));
    await rig.until(({ slots }) => slots[0]?.healthy === 1);
  });
  afterAll(() => rig.close());

  const residentMib = (): number => {
    const status = readFileSync(`/proc/${daemonOf(rig.folder)!}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  };

  const growth = async (work: () => Promise<void>): Promise<number> => {
    const before = residentMib();
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, residentMib())), 25);
    await work();
    clearInterval(watch);
    return peak - before;
  };

  const download = async (way: string): Promise<number> => {
    const response = await fetch(rig.url(way));
    let bytes = 0;
    for await (const piece of response.body!) bytes += (piece as Uint8Array).length;
    return bytes;
  };

  test('while 200 MiB come down', async () => {
    let bytes = 0;
    const grown = await growth(async () => {
      bytes = await download(`/download?many=${PIECES}`);
    });
    expect(bytes).toBe(PIECES * PIECE);
    expect(grown).toBeLessThan(MOST_GROWTH_MIB);
  });

  test('while 200 MiB go up', async () => {
    let answer = '';
    const grown = await growth(async () => {
      answer = await upload(rig.settings.listen.port);
    });
    expect(answer).toBe(String(PIECES * PIECE));
    expect(grown).toBeLessThan(MOST_GROWTH_MIB);
  });

  test('while 100 000 events come', async () => {
    let bytes = 0;
    const grown = await growth(async () => {
      bytes = await download(`/events?many=${EVENTS}`);
    });
    expect(bytes).toBe(EVENTS * 'data: tick\n\n'.length);
    expect(grown).toBeLessThan(MOST_GROWTH_MIB);
    expect(residentMib() * MIB).toBeLessThan(400 * MIB);
  });
});

function upload(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path: '/upload', method: 'POST', agent: false };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    const piece = Buffer.alloc(PIECE, 98);
    let left = PIECES;
    const pour = (): void => {
      while (left > 0) {
        left -= 1;
        if (!request.write(piece)) break;
      }
      if (left > 0) request.once('drain', pour);
      else request.end();
    };
    pour();
  });
}
