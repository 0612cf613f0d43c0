/** `observe` of a nemesis environment behind haproxy: `node observe.mjs FOLDER`. Changes nothing. */

import path from 'node:path';
import { stats } from './proxy.mjs';
import { countedFor, keyOf, readState, releasesIn, runs } from './state.mjs';

const [folder] = process.argv.slice(2);
const { fence, past, servers } = readState(folder);
const rows = await stats(path.join(folder, 'haproxy.sock'));

const isUp = (row) => row.status.startsWith('UP');
const all = Object.entries(servers).map(([name, server]) => ({
  name,
  ...server,
  row: rows.get(name),
}));
/** The dials as they stand, also while a server is down: then haproxy gives its part to the others. */
const weightOf = ({ row }) => (/^(UP|DOWN)/.test(row.status) ? Number(row.weight) : 0);
const total = all.reduce((sum, server) => sum + weightOf(server), 0);

const slots = Map.groupBy(all, ({ release }) => keyOf(release));
process.stdout.write(
  JSON.stringify({
    schema: 'nemesis.observed/1',
    fence,
    slots: [...slots].map(([key, own]) => slotOf(own[0].release, own, past[key])),
    restorable: [...releasesIn(folder).values()].map(({ release }) => release),
  }),
);

function slotOf(release, own, before = { requests: 0, errors: 0 }) {
  const traffic = { ...before };
  for (const server of own) {
    const { requests, errors } = countedFor(server, server.row);
    traffic.requests += requests;
    traffic.errors += errors;
  }
  const weight = own.reduce((sum, server) => sum + weightOf(server), 0);
  return {
    ...release,
    instances: own.length,
    healthy: own.filter((server) => isUp(server.row) && runs(server)).length,
    share: total === 0 ? 0 : weight / total,
    traffic,
    problems: own.flatMap(problemOf),
  };
}

function problemOf(server) {
  if (!runs(server)) return [`${server.name} has ended`];
  if (isUp(server.row)) return [];
  const { status, check_status: check, last_chk: words } = server.row;
  return [`${server.name} is ${status}: ${check} ${words}`.trim()];
}
