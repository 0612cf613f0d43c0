/** haproxy over its runtime socket: https://docs.haproxy.org/2.6/management.html#9.3 */

import net from 'node:net';

/** @returns {Promise<string>} the answer to one command, or to several with `;` between them */
export function ask(socket, command) {
  return new Promise((resolve, reject) => {
    const connection = net.connect(socket);
    let answer = '';
    connection.setEncoding('utf8');
    connection.setTimeout(5_000, () => connection.destroy(new Error('haproxy does not answer')));
    connection.on('error', reject);
    connection.on('data', (piece) => (answer += piece));
    connection.on('end', () => resolve(answer));
    connection.write(`${command}\n`);
  });
}

/** For commands that say nothing where they worked, or that nothing had to change. */
export async function tell(socket, commands) {
  const answer = await ask(socket, commands.join('; '));
  const complaint = answer
    .split('\n')
    .find(
      (line) => line.trim() !== '' && !/^(no need to change|IP changed|port changed)/.test(line),
    );
  if (complaint !== undefined) throw new Error(`haproxy: ${complaint}`);
}

/** Server name to its line of `show stat`, as numbers where they are. */
export async function stats(socket) {
  const [header, ...lines] = (await ask(socket, 'show stat app 4 -1')).trim().split('\n');
  const names = header.replace(/^# /, '').split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, cells[at]]));
  });
  return new Map(rows.map((row) => [row.svname, row]));
}

const ANSWERS = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other'];

/** What a server answered since haproxy started. */
export function counted(row) {
  const sum = (names) => names.reduce((all, name) => all + Number(row?.[name] ?? 0), 0);
  return { requests: sum([...ANSWERS, 'eresp']), errors: sum(['hrsp_5xx', 'eresp']) };
}
