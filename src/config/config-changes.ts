/** What one configuration accepts that another did not: absences, waivers, modes, commands, the baseline. */

import type { Baseline } from '../judge/baseline.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import { agentChanges, type ConfigChange } from '../judge/loosening.ts';
import { whatText, type Waiver } from '../judge/waiver.ts';
import { GATES } from '../judge/agent.ts';
import type { Config } from './config.ts';
import type { Loaded } from './load.ts';

export interface Compared extends Loaded {
  readonly baseline: Baseline | undefined;
}

export function configChanges(
  before: Compared,
  now: Compared,
  catalogue: Catalogue,
): readonly ConfigChange[] {
  const [old, config] = [before.config, now.config];
  return [
    ...agentChanges(before.agents, now.agents, catalogue),
    ...modeChanges(old, config),
    ...toleranceChanges(old, config),
    ...waiverChanges(old.waivers, config.waivers),
    ...old.require
      .filter((id) => !config.require.includes(id))
      .map((id): ConfigChange => ({ kind: 'loosens', text: `${id} is required no longer` })),
    ...commandChanges(old, config),
    ...baselineChanges(before.baseline, now.baseline, catalogue),
  ];
}

function modeChanges(old: Config, { mode }: Config): ConfigChange[] {
  return GATES.filter((gate) => mode[gate] === 'observe' && old.mode[gate] !== 'observe').map(
    (gate) => ({ kind: 'loosens', text: `the ${gate} gate is only observed` }),
  );
}

function toleranceChanges(old: Config, { tolerate }: Config): ConfigChange[] {
  const known = old.tolerate.map(({ runner, state }) => `${runner}: ${state}`);
  return tolerate
    .filter(({ runner, state }) => !known.includes(`${runner}: ${state}`))
    .map(({ runner, state, place }) => ({
      kind: 'loosens',
      text: `tolerates ${runner}: ${state}`,
      at: `${place.file}:${place.line}`,
    }));
}

function waiverChanges(old: readonly Waiver[], now: readonly Waiver[]): ConfigChange[] {
  const key = ({ what }: Waiver) => JSON.stringify(what);
  return now.flatMap((waiver): ConfigChange[] => {
    const before = old.filter((one) => key(one) === key(waiver)).map(({ until }) => until);
    const at = `${waiver.place.file}:${waiver.place.line}`;
    const text = `waives ${whatText(waiver)} until ${waiver.until}`;
    if (before.length === 0) return [{ kind: 'loosens', text, at }];
    const longest = before.toSorted().at(-1)!;
    return waiver.until > longest ? [{ kind: 'loosens', text: `${text}, was ${longest}`, at }] : [];
  });
}

/** Another command measures something else, or less of it: nobody can say from here. */
function commandChanges(old: Config, config: Config): ConfigChange[] {
  const custom = old.custom.flatMap((runner): ConfigChange[] => {
    const now = config.custom.find(({ id }) => id === runner.id);
    if (now === undefined) return [];
    const [a, b] = [runner, now].map(({ place: _, ...rest }) => JSON.stringify(rest));
    const at = `${now.place.file}:${now.place.line}`;
    const words = `${runner.argv.join(' ')} → ${now.argv.join(' ')}`;
    return a === b ? [] : [{ kind: 'changes', text: `the command of ${runner.id}: ${words}`, at }];
  });
  const settings = (['suites', 'environments', 'release', 'packages'] as const)
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(config[name]))
    .map((name): ConfigChange => ({ kind: 'changes', text: `\`${name}\` is another` }));
  return [...custom, ...settings];
}

function baselineChanges(
  old: Baseline | undefined,
  now: Baseline | undefined,
  catalogue: Catalogue,
): ConfigChange[] {
  if (old === undefined) return [];
  if (now === undefined) return [{ kind: 'loosens', text: 'the baseline is gone' }];
  const at = 'nemesis.baseline.json';
  const numbers = [...old.metrics].flatMap(([name, { value }]): ConfigChange[] => {
    const next = now.metrics.get(name)?.value;
    const isLower = catalogue.get(name)?.better === 'lower';
    if (next === undefined || next === value || next > value !== isLower) return [];
    return [{ kind: 'loosens', text: `baseline of ${name}: ${value} → ${next}`, at }];
  });
  let more = 0;
  for (const [identity, count] of now.findings)
    more += Math.max(0, count - (old.findings.get(identity) ?? 0));
  const found: ConfigChange[] =
    more === 0 ? [] : [{ kind: 'loosens', text: `${more} more findings in the baseline`, at }];
  return [...numbers, ...found];
}
