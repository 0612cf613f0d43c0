/** The shape of `release`, `environments` and `trial`: what both drivers take, and what one of them does. */

import * as z from 'zod/mini';
import {
  editorTypes,
  environmentName,
  id,
  innerPath,
  numberFrom,
  oneOf,
  optional,
  scalar,
  text,
  variable,
  wait,
} from './atoms.ts';
import { approvalPart, freezePart } from './approval-schema.ts';
import { ProbesPart, SlaPart } from './probe-schema.ts';
import { MIGRATIONS } from './environment.ts';
import { expectedTraffic, metrics } from './source-schema.ts';

const words = z.array(scalar).check(z.minLength(1, 'expected at least one word'), z.maxLength(100));

const COMMAND = 'expected a command such as `node ops/notify.js`, or a list of its words';
const command = z.union([text, words], { error: COMMAND });

const step = z.union([text, words, z.strictObject({ run: command, timeout: z.optional(wait) })], {
  error: COMMAND,
});

const fromVariable = z.strictObject({ env: variable });

const HOST = String.raw`(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}|[A-Za-z][\w.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])`;
const LISTEN = new RegExp(`^(?:(${HOST}):)?([1-9]\\d{0,4})$`);

const addressOf = (written: string) => {
  const [, host = '127.0.0.1', port] = LISTEN.exec(written) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
};

const listenError = {
  error: 'expected a port from 1 to 65535, or an address such as 127.0.0.1:8081',
};
const listen = z.pipe(
  z
    .string(listenError)
    .check(z.refine((written) => addressOf(written).port <= 65_535, listenError)),
  z.transform(addressOf),
);
editorTypes.add(listen, { json: { type: ['string', 'integer'] } });

const pathError = { error: 'expected a path such as /healthz' };
const path = z.string(pathError).check(z.regex(/^\/[^\s#]{0,499}$/, pathError));

const health = z.union(
  [
    path,
    z.strictObject({
      path: optional(path, 'Asked of every instance; /healthz by default'),
      interval: optional(wait, 'Between two questions; 1s by default'),
      timeout: optional(wait, 'A slower answer is none; 2s by default'),
      healthy_after: optional(numberFrom(1, 100), 'Good answers in a row; 2 by default'),
      unhealthy_after: optional(numberFrom(1, 100), 'Bad answers in a row; 3 by default'),
    }),
  ],
  pathError,
);

const list = <T extends z.ZodMiniType>(entry: T, of: string) =>
  z.array(entry, { error: `expected a list of ${of}` }).check(z.maxLength(100));

/** For every driver. */
const shared = {
  driver: oneOf('local', 'command').check(
    z.describe('local: processes on this machine; command: your own scripts'),
  ),
  instances: optional(numberFrom(1, 1000), 'How many instances the fleet has; 1 by default'),
  ready_within: optional(wait, 'Longest time to become healthy; 60s by default'),
  steps: optional(
    z.record(id, step, { error: 'expected names of steps, each with its command' }),
    'What this project does for the steps that gates name: notify_team: node ops/notify.js, or { run, timeout }; 5m by default',
  ),
  probes: optional(ProbesPart, 'As `probes` of the whole configuration; these come first'),
  sla: optional(
    SlaPart,
    'Promised limits: { latency_p95: 500ms, error_rate: 1% }; judged in the validation window',
  ),
  alerts: optional(step, 'Exits 0 while no critical alert fires, 1 while one does; 30s by default'),
  load: optional(step, 'Sends requests while a candidate is watched; ended with the watch'),
  metrics: optional(
    metrics,
    'Who tells a metric of a release, where not the environment itself: error_rate: { prometheus, query }',
  ),
  expected_traffic: optional(
    expectedTraffic,
    'How many requests come: 100 req/s; says what a canary can detect',
  ),
  on_interrupt: optional(
    oneOf('rollback', 'hold'),
    'What an interrupt does while a candidate has traffic; rollback by default',
  ),
  approval: optional(
    approvalPart,
    'How an approval is proven: unsigned, signed, github or gitlab; or { proof, required, self, expires, signers, ref, platform_environment }',
  ),
  freeze: optional(
    freezePart,
    'When nothing is deployed there: { from: Fri 16:00, to: Mon 08:00, zone: Europe/Berlin, reason: weekend }, or dates',
  ),
  without_traffic: optional(
    oneOf('refuse', 'accept'),
    'Whether a watch in which no request reached the candidate is accepted; refuse by default',
  ),
};

export const LOCAL_KEYS = {
  listen: optional(listen, 'Where requests come in: a port of 127.0.0.1, or host:port; needed'),
  start: optional(
    command,
    'Starts one instance in the folder of its artifact; it listens on $PORT; needed',
  ),
  env: optional(
    z.record(variable, scalar, { error: 'expected variables with their values' }),
    'Values for the instances, beside PORT, HOST, VERSION and INSTANCE',
  ),
  pass_env: optional(list(variable, 'variables'), 'Variables the instances get from the caller'),
  health: optional(
    health,
    'Path that answers 200 to 299 when all is well, or { path, interval, timeout, healthy_after, unhealthy_after }; /healthz, 1s, 2s, 2, 3 by default',
  ),
  drain: optional(
    wait,
    'How long open requests may take before an instance is stopped; 30s by default',
  ),
  keep: optional(numberFrom(0, 100), 'Releases kept to be restored; 3 by default'),
};

const urlError = { error: 'expected an address such as https://staging.example' };
const url = z
  .string(urlError)
  .check(z.regex(/^https?:\/\/[^\s/?#@\\]{1,255}(?:\/[^\s?#]{0,500})?$/, urlError));

export const COMMAND_KEYS = {
  observe: optional(command, 'Prints how the environment looks, as JSON; needed'),
  apply: optional(command, 'Takes the wish as JSON on standard input; needed'),
  url: optional(url, 'Where its releases answer: https://staging.example'),
  by_hand: optional(text, 'Shown to people where nemesis cannot act: ops/switch'),
  secrets: optional(
    list(variable, 'variables'),
    'Variables the scripts get from the caller, and no tool sees',
  ),
  reach: optional(
    oneOf('machine', 'network'),
    'Whether other machines see what the scripts act on; network by default',
  ),
  dials: optional(
    list(oneOf('instances', 'traffic'), 'dials').check(z.minLength(1)),
    'What the scripts can turn: instances, traffic; [instances] by default',
  ),
  timeout: optional(wait, 'Longest time for one call; 60s by default'),
};

const environment = z.strictObject({ ...shared, ...LOCAL_KEYS, ...COMMAND_KEYS });

export const EnvironmentsPart = z.record(environmentName, environment, {
  error: 'expected environments, each with a driver',
});

export const ReleasePart = z.strictObject({
  version: optional(
    z.union([text, fromVariable], { error: 'expected a version, or env: NAME' }),
    'What is released; git describe by default',
  ),
  artifact: optional(
    z.union([innerPath, fromVariable], {
      error: 'expected a path inside the project, or env: NAME',
    }),
    'A folder or file of the project, or a variable with the digest of an image',
  ),
  build: optional(command, 'Makes the artifact'),
  migrations: optional(
    oneOf(...MIGRATIONS),
    'What the release does to stored data; none by default',
  ),
});

export const TrialPart = z.strictObject({
  speed: numberFrom(1, 100_000).check(z.describe('Every duration of a rollout is divided by this')),
});

export type WrittenEnvironment = z.output<typeof environment>;
export type WrittenCommand = z.output<typeof command>;
export type WrittenStep = z.output<typeof step>;
