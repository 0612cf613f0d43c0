import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';

describe('readConfig', () => {
  it('has an answer for every variable that is not set', () => {
    const { config, problems } = readConfig({}, '1.2.3');
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      port: 8080,
      version: '1.2.3',
      instance: 'agent-platform-8080',
      dataDir: 'data',
      seedUser: 'operator',
      isProduction: false,
      providers: {},
      redisUrl: undefined,
    });
  });

  it('takes addresses with their keys', () => {
    const { config, problems } = readConfig(
      {
        PORT: '9000',
        APP_VERSION: '2.0.0',
        OPENAI_BASE_URL: 'http://127.0.0.1:1/v1/',
        OPENAI_API_KEY: 'one',
        REDIS_URL: 'redis://127.0.0.1:6379/2',
        NODE_ENV: 'production',
      },
      '1.2.3',
    );
    expect(problems).toEqual([]);
    expect(config.providers).toEqual({
      openai: { baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'one' },
    });
    expect(config).toMatchObject({ port: 9000, version: '2.0.0', isProduction: true });
    expect(config.redisUrl?.pathname).toBe('/2');
  });

  it('reports every problem at once', () => {
    const { problems } = readConfig(
      {
        PORT: '70000',
        LOG_LEVEL: 'loud',
        ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
        QUEUE_URL: 'amqp://somewhere',
        ACCESS_TOKEN_TTL_S: '0',
        FAULTS: 'sleepy',
      },
      '1.2.3',
    );
    expect(problems).toEqual([
      'PORT must be a whole number from 0 to 65535, got `70000`',
      expect.stringContaining('unknown fault `sleepy`'),
      'LOG_LEVEL must be one of info, warn, error, silent, got `loud`',
      'ACCESS_TOKEN_TTL_S must be a whole number from 1 to 2147483647, got `0`',
      'ANTHROPIC_BASE_URL needs ANTHROPIC_API_KEY as well',
      'QUEUE_URL must be an address that starts with redis:',
    ]);
  });
});
