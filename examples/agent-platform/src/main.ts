import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadPrompts } from './agents/load-prompts.ts';
import { type App, startApp } from './app/app.ts';
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { reasonOf } from './errors.ts';
import { createLog, type Log } from './log.ts';

/** Starts the service from the environment, and ends it on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  // src/ and dist/ are both one below the folder that holds prompts/, public/ and package.json.
  const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
  const about = JSON.parse(readFileSync(path('package.json'), 'utf8')) as { version: string };
  const { config, problems: configProblems } = readConfig(process.env, about.version);
  const { prompts, problems: promptProblems } = loadPrompts(path('prompts'));
  const problems = [...configProblems, ...promptProblems];
  if (problems.length > 0) {
    process.stderr.write(`cannot start:\n${problems.map((text) => `  ${text}\n`).join('')}`);
    process.exitCode = 2;
    return;
  }
  const write = (line: string) => process.stdout.write(line);
  const log = createLog(config.logLevel, write, () => systemClock.nowMs());
  const starting = startApp(config, {
    clock: systemClock,
    log,
    prompts,
    publicDir: path('public'),
    die: () => process.exit(1),
  });
  // Before the start is complete, because a deployment may change its mind at any time.
  if (config.faults.switches.has('ignore_sigterm')) onStopSignal(() => undefined);
  else onStopSignal(() => void stopWhenStarted(starting, log));

  const app = await starting;
  if (app.generatedPassword !== undefined) {
    process.stderr.write(`sign in as ${config.seedUser} with ${app.generatedPassword}\n`);
  }
}

async function stopWhenStarted(starting: Promise<App>, log: Log): Promise<void> {
  const app = await starting.catch(() => undefined); // main() tells why the start failed
  try {
    await app?.stop();
  } catch (thrown) {
    log.error('stop failed', { reason: reasonOf(thrown) });
    process.exitCode = 1;
  }
}

/** Calls `stop` on the first signal. Later ones change nothing, because a drain is bounded in time anyway. */
function onStopSignal(stop: () => void): void {
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (!isStopping) stop();
      isStopping = true;
    });
  }
}

main().catch((thrown: unknown) => {
  process.stderr.write(`cannot start: ${reasonOf(thrown)}\n`);
  process.exitCode = 1;
});
