/** `nemesis metrics:delivery`: how often, how fast and how well this service is delivered, by DORA's metrics. */

import { deliveryOf } from '../../history/folds/delivery.ts';
import { deliveryText } from '../../report/history-text.ts';
import { environmentOption, lineOption, spanOf } from '../history-options.ts';
import { foldedStreams, warnOfBreaks } from '../history-streams.ts';
import { withHistory } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import { textOption, type RunCommand } from './command.ts';

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
  return withHistory(input, 'read', async (history) => {
    await warnOfBreaks(history, io, { service: service.value, env: env.value });
    const folded = await foldedStreams(history, { service: service.value, env: env.value });
    if (!folded.ok) return failed(folded.failure);
    const now = io.now();
    // The window's end is not part of it, and what ends now is.
    const window = { from: now - span, to: now + 1 };
    const deliveries = folded.value.map(({ stream, rows }) =>
      deliveryOf(stream, rows.deployments(), rows.environment()?.first_at ?? null, window, now),
    );
    if (options['json'] === true) {
      const result = { schema: 'nemesis.delivery/1', window: asked, deliveries };
      io.out(`${JSON.stringify(result, null, 2)}\n`);
    } else if (deliveries.length === 0) {
      io.out(`no data: nothing is recorded of ${service.value ?? history.service}\n`);
    } else {
      const columns = Math.min(Math.max(io.columns, 60), 100);
      io.out(deliveries.map((delivery) => deliveryText(delivery, asked, columns)).join('\n'));
    }
    return { kind: 'yes' };
  });
};
