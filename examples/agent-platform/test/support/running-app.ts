import { loadPrompts } from '../../src/agents/load-prompts.ts';
import { type App, startApp } from '../../src/app/app.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { folder } from './paths.ts';

interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

export interface RunningApp extends AsyncDisposable {
  readonly app: App;
  readonly lines: string[];
  /** Resolves when the service asks its process to die. */
  readonly died: Promise<void>;
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer<T>>;
}

const TOKEN = 'for-machines';

/** The whole service on a free port, with its own stand-ins and nothing on disk. */
export async function startRunningApp(
  env: NodeJS.ProcessEnv = {},
  clock: Clock = systemClock,
): Promise<RunningApp> {
  const { config, problems } = readConfig(
    { PORT: '0', DATA_DIR: ':memory:', SERVICE_TOKEN: TOKEN, DRAIN_TIMEOUT_MS: '500', ...env },
    '1.2.3',
  );
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const lines: string[] = [];
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => (die = resolve));
  const log = createLog(
    'info',
    (line) => lines.push(line),
    () => clock.nowMs(),
  );
  const { prompts } = loadPrompts(folder('prompts'));
  const app = await startApp(config, { clock, log, prompts, publicDir: folder('public'), die });
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await app.stop();
    isStopped = true;
  };
  return {
    app: { ...app, stop },
    lines,
    died,
    async call<T>(method: string, path: string, body?: unknown) {
      const response = await fetch(app.url + path, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json');
      const { status, headers } = response;
      return { status, headers, text, body: (isJson ? JSON.parse(text) : undefined) as T };
    },
    [Symbol.asyncDispose]: stop,
  };
}
