import { EnvReader } from './env-reader.ts';
import { type FaultSet, parseFaults } from './faults/parse.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { PROVIDER_NAMES, type ProviderName } from './providers/provider.ts';

/** A provider's address and key; absent when the service should bring a stand-in. */
export interface ProviderAddress {
  readonly baseUrl: string;
  readonly apiKey: string;
}

export interface Config {
  readonly port: number;
  readonly version: string;
  readonly instance: string;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  readonly isProduction: boolean;
  readonly seedUser: string;
  readonly seedPassword: string | undefined;
  readonly serviceToken: string | undefined;
  readonly accessTtlMs: number;
  readonly refreshTtlMs: number;
  readonly bodyLimitBytes: number;
  readonly probeTtlMs: number;
  readonly probeTimeoutMs: number;
  /** No answer comes sooner; 0 in life. */
  readonly latencyFloorMs: number;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly providers: Readonly<Partial<Record<ProviderName, ProviderAddress>>>;
  readonly redisUrl: URL | undefined;
  readonly queueUrl: URL | undefined;
  readonly notifyWebhookUrl: URL | undefined;
  readonly faults: FaultSet;
}

/** The variables official clients read, so that one environment serves them and this service. */
const PROVIDER_VARIABLES = {
  openai: { url: 'OPENAI_BASE_URL', key: 'OPENAI_API_KEY' },
  anthropic: { url: 'ANTHROPIC_BASE_URL', key: 'ANTHROPIC_API_KEY' },
  google: { url: 'GOOGLE_GEMINI_BASE_URL', key: 'GEMINI_API_KEY' },
  mistral: { url: 'MISTRAL_BASE_URL', key: 'MISTRAL_API_KEY' },
} as const satisfies Record<ProviderName, { url: string; key: string }>;

/** Reads the whole environment once. Every problem is returned, so that one restart fixes them all. */
export function readConfig(
  env: NodeJS.ProcessEnv,
  packageVersion: string,
): { config: Config; problems: readonly string[] } {
  const read = new EnvReader(env);
  const port = read.integer('PORT', 8080, { max: 65535 });
  const { faults, problems } = parseFaults(env.FAULTS ?? '');
  read.problems.push(...problems);
  const config: Config = {
    port,
    version: read.text('APP_VERSION') ?? read.text('VERSION') ?? packageVersion,
    instance: read.text('INSTANCE_ID') ?? `agent-platform-${port}`,
    dataDir: read.text('DATA_DIR') ?? 'data',
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    isProduction: env.NODE_ENV === 'production',
    seedUser: read.text('SEED_USER') ?? 'operator',
    seedPassword: read.text('SEED_PASSWORD'),
    serviceToken: read.text('SERVICE_TOKEN'),
    accessTtlMs: read.integer('ACCESS_TOKEN_TTL_S', 15 * 60, { min: 1 }) * 1000,
    refreshTtlMs: read.integer('REFRESH_TOKEN_TTL_S', 7 * 24 * 3600, { min: 1 }) * 1000,
    bodyLimitBytes: read.integer('BODY_LIMIT_BYTES', 64 * 1024, { min: 1 }),
    probeTtlMs: read.integer('PROBE_TTL_MS', 1000),
    probeTimeoutMs: read.integer('PROBE_TIMEOUT_MS', 2000, { min: 1 }),
    latencyFloorMs: read.integer('LATENCY_FLOOR_MS', 0, { max: 60_000 }),
    drainDelayMs: read.integer('DRAIN_DELAY_MS', 0),
    drainTimeoutMs: read.integer('DRAIN_TIMEOUT_MS', 10_000),
    providers: readProviders(read),
    redisUrl: read.url('REDIS_URL', ['redis:']),
    queueUrl: read.url('QUEUE_URL', ['redis:']),
    notifyWebhookUrl: read.url('NOTIFY_WEBHOOK_URL', ['http:', 'https:']),
    faults,
  };
  return { config, problems: read.problems };
}

function readProviders(read: EnvReader): Partial<Record<ProviderName, ProviderAddress>> {
  const providers: Partial<Record<ProviderName, ProviderAddress>> = {};
  for (const name of PROVIDER_NAMES) {
    const variables = PROVIDER_VARIABLES[name];
    const url = read.url(variables.url, ['http:', 'https:']);
    if (url === undefined) continue;
    const apiKey = read.text(variables.key);
    if (apiKey === undefined) read.problems.push(`${variables.url} needs ${variables.key} as well`);
    providers[name] = { baseUrl: url.href.replace(/\/$/, ''), apiKey: apiKey ?? '' };
  }
  return providers;
}
