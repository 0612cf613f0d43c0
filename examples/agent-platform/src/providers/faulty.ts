import type { FaultInjector } from '../faults/injector.ts';
import type { SwitchName } from '../faults/table.ts';
import type { Provider, ProviderName } from './provider.ts';

const FAULT_OF = {
  openai: 'openai_ping',
  anthropic: 'anthropic_ping',
  google: 'google_ping',
  mistral: 'mistral_ping',
} as const satisfies Record<ProviderName, SwitchName>;

/** The same provider, refusing when its fault is on. */
export function withFault(provider: Provider, faults: FaultInjector): Provider {
  const trip = () => faults.trip(FAULT_OF[provider.name], 'upstream_failed');
  return {
    name: provider.name,
    async ping(signal) {
      trip();
      await provider.ping(signal);
    },
    async *stream(question) {
      trip();
      yield* provider.stream(question);
    },
  };
}
