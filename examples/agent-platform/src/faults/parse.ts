import { type AmountName, AMOUNTS, SWITCHES, type SwitchName } from './table.ts';

/** The faults one process was started with. */
export interface FaultSet {
  readonly switches: ReadonlySet<SwitchName>;
  readonly amounts: Readonly<Partial<Record<AmountName, number>>>;
}

export const NO_FAULTS: FaultSet = { switches: new Set(), amounts: {} };

const LIMITS = { share: 1, ms: 24 * 60 * 60 * 1000, MB: 4096 } as const;

/**
 * Reads `FAULTS`, a comma separated list of names and `name=value` pairs. Strict, because a mistyped fault
 * would let a test of a failure pass for the wrong reason. Returns every problem, not only the first.
 */
export function parseFaults(text: string): { faults: FaultSet; problems: string[] } {
  const switches = new Set<SwitchName>();
  const amounts: Partial<Record<AmountName, number>> = {};
  const problems: string[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const [name = '', value] = splitOnce(item);
    if (isSwitch(name)) {
      if (value === undefined) switches.add(name);
      else problems.push(`FAULTS: ${name} takes no value`);
    } else if (isAmount(name)) {
      const amount = readAmount(name, value);
      if (typeof amount === 'number') amounts[name] = amount;
      else problems.push(amount.problem);
    } else {
      problems.push(`FAULTS: unknown fault \`${name}\`; known are ${knownNames()}`);
    }
  }
  if (amounts.latency_share !== undefined && amounts.latency_ms === undefined) {
    problems.push('FAULTS: latency_share needs latency_ms');
  }
  return { faults: { switches, amounts }, problems };
}

function readAmount(name: AmountName, value: string | undefined): number | { problem: string } {
  const { unit } = AMOUNTS[name];
  const amount = /^\d+(\.\d+)?$/.test(value ?? '') ? Number(value) : Number.NaN;
  if (amount <= LIMITS[unit]) return amount;
  const range = unit === 'share' ? 'a share from 0 to 1' : `${unit} from 0 to ${LIMITS[unit]}`;
  return { problem: `FAULTS: ${name} needs ${range}, got \`${value ?? ''}\`` };
}

function splitOnce(item: string): [string, string?] {
  const at = item.indexOf('=');
  return at < 0 ? [item] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
}

function knownNames(): string {
  const amounts = Object.keys(AMOUNTS).map((name) => `${name}=`);
  return [...Object.keys(SWITCHES), ...amounts].join(', ');
}

function isSwitch(name: string): name is SwitchName {
  return Object.hasOwn(SWITCHES, name);
}

function isAmount(name: string): name is AmountName {
  return Object.hasOwn(AMOUNTS, name);
}
