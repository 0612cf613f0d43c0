/** `nemesis deploy:down`: ends the local environments of this service and all of their processes. */

import { environmentOption } from '../history-options.ts';
import { withRollouts } from '../rollouts.ts';
import { failed, usage } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const { io, options } = input;
  const env = environmentOption(options);
  if (!env.ok) return Promise.resolve(failed(env.failure));
  return withRollouts(input, async ({ history, place, acting }) => {
    const { environments } = history.session.loaded.config;
    const asked = environments.filter(({ name, driver }) =>
      env.value === undefined ? driver.kind === 'local' : name === env.value,
    );
    if (asked.length === 0)
      return failed(
        usage(
          'there is no local environment of that name',
          'see environments: in nemesis.config.yaml',
        ),
      );
    for (const environment of asked) {
      const left = await acting.down(environment, place);
      if (left.length > 0) {
        const message = `${environment.name} is not down: ${left.join('; ')}`;
        return failed({ kind: 'cannot_act', message });
      }
      io.out(`${environment.name} is down\n`);
    }
    return { kind: 'yes' };
  });
};
