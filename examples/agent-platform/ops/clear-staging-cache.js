/**
 * clear_staging_cache: forgets the answers the service keeps in redis, so that the release gives its own. Without
 * REDIS_URL every instance brings an empty cache of its own, and there is nothing to clear.
 */

import net from 'node:net';
import { fail } from './told.js';

const PREFIX = 'agent-platform:';
const TIMEOUT_MS = 10_000;

const { REDIS_URL } = process.env;
if (!REDIS_URL)
  process.stdout.write('nothing to clear: every instance starts with an empty cache\n');
else await clear(new URL(REDIS_URL));

async function clear({ hostname, port, username, password, pathname }) {
  const socket = net.connect({ host: hostname, port: Number(port || 6379) });
  socket.setTimeout(TIMEOUT_MS, () => fail('redis does not answer'));
  socket.on('error', (error) => fail(`redis cannot be reached: ${error.code}`));
  const lines = linesOf(socket);
  const command = async (...words) => {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.write(`*${words.length}\r\n${parts.join('')}`);
    return readReply(lines);
  };
  if (password) {
    const names = username ? [decodeURIComponent(username)] : [];
    await command('AUTH', ...names, decodeURIComponent(password));
  }
  if (pathname.length > 1) await command('SELECT', pathname.slice(1));
  let cursor = '0';
  let count = 0;
  do {
    const [next, keys] = await command('SCAN', cursor, 'MATCH', `${PREFIX}*`, 'COUNT', '500');
    cursor = next;
    if (keys.length > 0) count += await command('DEL', ...keys);
  } while (cursor !== '0');
  socket.end();
  process.stdout.write(`${count} answers forgotten\n`);
}

/** One line of a reply at a time. Keys hold no line break here, so lines are enough. */
async function* linesOf(socket) {
  let rest = '';
  for await (const chunk of socket) {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop();
    yield* lines;
  }
}

async function readReply(lines) {
  const { value: line = '-the connection ended' } = await lines.next();
  const [kind, value] = [line[0], line.slice(1)];
  if (kind === '-') return fail(`redis refused: ${value}`);
  if (kind === '$') return (await lines.next()).value;
  if (kind === ':') return Number(value);
  if (kind !== '*') return value;
  const items = [];
  for (let count = Number(value); count > 0; count -= 1) items.push(await readReply(lines));
  return items;
}
