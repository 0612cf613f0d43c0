/** The operator's log: one JSON object per line. Callers pass facts, never headers, bodies or tokens. */
export interface Log {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

export const LOG_LEVELS = ['info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes lines of at least `level` through `write`. */
export function createLog(
  level: LogLevel,
  write: (line: string) => void,
  nowMs: () => number,
): Log {
  const at =
    (name: Exclude<LogLevel, 'silent'>) =>
    (message: string, facts: Facts = {}) => {
      if (LOG_LEVELS.indexOf(name) < LOG_LEVELS.indexOf(level)) return;
      const time = new Date(nowMs()).toISOString();
      write(`${JSON.stringify({ time, level: name, message, ...facts })}\n`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
