/**
 * Steady requests to NEMESIS_URL until it is ended by SIGTERM. `node ops/load.js [requests a second]`, or LOAD_RATE;
 * 100 a second when neither is given. What came of them is said at the end.
 */

import http from 'node:http';
import { fail, neededUrl } from './told.js';

const PATHS = ['/agents', '/prompts', '/dashboard', '/endpoints'];
const MOST_OPEN = 256;
const TIMEOUT_MS = 10_000;
const TICK_MS = 10;
const LAST_ANSWERS_MS = 2000;

const rate = Number(process.argv[2] ?? (process.env.LOAD_RATE || 100));
if (!(rate > 0 && rate <= 10_000)) fail('the rate is a number of requests a second, at most 10000');
const base = neededUrl();

const agent = new http.Agent({ keepAlive: true, maxSockets: MOST_OPEN });
const byVersion = new Map();
const start = Date.now();
let [due, sent, open, failed, heldBack] = [0, 0, 0, 0, 0];

const timer = setInterval(() => {
  due = Math.floor(((Date.now() - start) * rate) / 1000);
  for (; sent + heldBack < due;) {
    if (open < MOST_OPEN) send();
    else heldBack += 1;
  }
}, TICK_MS);

function send() {
  const path = PATHS[sent % PATHS.length];
  sent += 1;
  open += 1;
  let isOver = false;
  const end = (version, isFailed) => {
    if (isOver) return;
    isOver = true;
    open -= 1;
    if (isFailed) failed += 1;
    const counts = byVersion.get(version) ?? { requests: 0, failed: 0 };
    byVersion.set(version, {
      requests: counts.requests + 1,
      failed: counts.failed + (isFailed ? 1 : 0),
    });
  };
  const request = http.get(new URL(path, base), { agent, timeout: TIMEOUT_MS }, (response) => {
    const version = response.headers['x-version'] ?? 'nobody';
    response.resume();
    response.on('end', () => end(version, response.statusCode >= 500));
    response.on('error', () => end(version, true));
  });
  request.on('timeout', () => request.destroy(new Error('timeout')));
  request.on('error', () => end('nobody', true));
}

let isEnding = false;
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void end());

async function end() {
  if (isEnding) return;
  isEnding = true;
  clearInterval(timer);
  const deadline = Date.now() + LAST_ANSWERS_MS;
  while (open > 0 && Date.now() < deadline) await new Promise((wake) => setTimeout(wake, TICK_MS));
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  const said = [`${sent} requests in ${seconds} s, ${failed} failed, ${open} without an answer`];
  if (heldBack > 0) said.push(`${heldBack} not sent: ${MOST_OPEN} were open already`);
  for (const [version, counts] of byVersion) {
    said.push(`  ${version}: ${counts.requests} requests, ${counts.failed} failed`);
  }
  process.stdout.write(`${said.join('\n')}\n`);
  process.exit(0);
}
