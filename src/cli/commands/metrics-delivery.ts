/** `nemesis metrics:delivery`: how often, how fast and how well this service is delivered, by DORA's metrics. */

import { fail, ok, type Result } from '../../failure.ts';
import type { Window } from '../../history/folds/delivery-aggregates.ts';
import { deliveryFrom, type Delivery } from '../../history/folds/delivery.ts';
import { environmentOption, lineOption, spanOf } from '../history-options.ts';
import { warnOfBreaks } from '../history-streams.ts';
import { withConfiguredHistory, type ConfiguredHistory } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import { textOption, type RunCommand } from './command.ts';

/** So many records are named behind each number; all of them count. */
const MOST_IDS = 1_000;
const SHOWN_IDS = 4;

export const run: RunCommand = (input) => {
  const { io, options } = input;
  const asked = textOption(options, 'window') ?? '90d';
  const span = spanOf(asked);
  if (span === undefined) {
    const failure = usage('--window takes a span of time', 'write --window 90d');
    return Promise.resolve(failed(failure));
  }
  const env = environmentOption(options);
  if (!env.ok) return Promise.resolve(failed(env.failure));
  const service = lineOption(options, 'service');
  if (!service.ok) return Promise.resolve(failed(service.failure));
  return withConfiguredHistory(input, 'read', async (history) => {
    await warnOfBreaks(history, io, { service: service.value, env: env.value });
    const now = io.now();
    // The window's end is not part of it, and what ends now is.
    const window = { from: now - span, to: now + 1 };
    const of = { service: service.value ?? history.service, environment: env.value };
    const idLimit = options['json'] === true ? MOST_IDS : SHOWN_IDS;
    const found = await deliveriesOf(history, of, window, now, idLimit);
    if (!found.ok) return failed(found.failure);
    const deliveries = found.value;
    if (options['json'] === true) {
      const result = { schema: 'nemesis.delivery/1', window: asked, deliveries };
      io.out(`${JSON.stringify(result, null, 2)}\n`);
    } else if (deliveries.length === 0) {
      io.out(`no data: nothing is recorded of ${service.value ?? history.service}\n`);
    } else {
      const { deliveryText } = await import('../../report/history-text.ts');
      const columns = Math.min(Math.max(io.columns, 60), 100);
      io.out(deliveries.map((delivery) => deliveryText(delivery, asked, columns)).join('\n'));
    }
    return { kind: 'yes' };
  });
};

/** Of one environment, or of all that have events. */
async function deliveriesOf(
  { store, told }: ConfiguredHistory,
  { service, environment }: { readonly service: string; readonly environment: string | undefined },
  window: Window,
  now: number,
  idLimit: number,
): Promise<Result<readonly Delivery[]>> {
  const known = await store.environments(service);
  if (!known.ok) return fail(told(known.failure));
  const asked = known.value.filter(
    (row) => environment === undefined || row.environment === environment,
  );
  const deliveries: Delivery[] = [];
  for (const stream of asked) {
    const sums = await store.delivery(stream, window, idLimit);
    if (!sums.ok) return fail(told(sums.failure));
    deliveries.push(deliveryFrom(stream, sums.value, window, now));
  }
  return ok(deliveries);
}
