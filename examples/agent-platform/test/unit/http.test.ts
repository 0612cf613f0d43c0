import { describe, expect, it } from 'vitest';
import { ServiceError, toServiceError } from '../../src/errors.ts';
import { readJson } from '../../src/http/body.ts';
import { createLog } from '../../src/log.ts';
import { MetricsRegistry } from '../../src/metrics/registry.ts';

async function* chunks(...texts: string[]) {
  await Promise.resolve();
  for (const text of texts) yield Buffer.from(text);
}

const jsonType = { 'content-type': 'application/json; charset=utf-8' };

describe('readJson', () => {
  it('joins and parses the body', async () => {
    await expect(readJson(chunks('{"a"', ':1}'), jsonType, 100)).resolves.toEqual({ a: 1 });
  });

  it.each([
    ['another type', {}, '{}', 'unsupported_media_type'],
    ['a long body', jsonType, `"${'x'.repeat(100)}"`, 'payload_too_large'],
    ['no JSON', jsonType, '{', 'bad_request'],
  ])('refuses %s', async (_what, headers, text, type) => {
    await expect(readJson(chunks(text), headers, 100)).rejects.toMatchObject({ type });
  });
});

describe('errors', () => {
  it('keep the text of a defect inside', () => {
    expect(toServiceError(new Error('row 7 is odd')).message).not.toContain('row 7');
    const known = new ServiceError('not_found', 'gone');
    expect(toServiceError(known)).toBe(known);
  });
});

describe('createLog', () => {
  it('writes lines from its level on', () => {
    const lines: string[] = [];
    const log = createLog(
      'warn',
      (line) => lines.push(line),
      () => 0,
    );
    log.info('quiet');
    log.warn('careful', { route: '/agents' });
    log.error('bad');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { time: '1970-01-01T00:00:00.000Z', level: 'warn', message: 'careful', route: '/agents' },
      { time: '1970-01-01T00:00:00.000Z', level: 'error', message: 'bad' },
    ]);
  });
});

describe('MetricsRegistry', () => {
  it('renders counters, gauges and cumulative buckets', () => {
    const registry = new MetricsRegistry();
    registry.counter('hits_total', 'Hits.').add({ who: 'a"b\\\n' }, 2);
    registry.gauge('depth', 'Depth.', () => [{ value: 3 }]);
    const seconds = registry.histogram('took_seconds', 'Time.', [0.1, 1]);
    seconds.observe(0.1);
    seconds.observe(0.5);
    seconds.observe(2);
    expect(registry.render().split('\n')).toEqual([
      '# HELP hits_total Hits.',
      '# TYPE hits_total counter',
      'hits_total{who="a\\"b\\\\\\n"} 2',
      '# HELP depth Depth.',
      '# TYPE depth gauge',
      'depth 3',
      '# HELP took_seconds Time.',
      '# TYPE took_seconds histogram',
      'took_seconds_bucket{le="0.1"} 1',
      'took_seconds_bucket{le="1"} 2',
      'took_seconds_bucket{le="+Inf"} 3',
      'took_seconds_sum 2.6',
      'took_seconds_count 3',
      '',
    ]);
  });
});
