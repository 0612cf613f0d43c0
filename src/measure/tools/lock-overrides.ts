/**
 * What `overrides` in package.json make of the ranges packages ask for, as npm applies them.
 * https://docs.npmjs.com/cli/configuring-npm/package-json#overrides
 */

import semver from 'semver';

/** One override; the root of them all has no name. A rule inside another holds below the package of that. */
export interface OverrideRule {
  readonly name: string;
  /** It holds where a package asks for some of this range: `^1` of `money@^1`, else `*`. */
  readonly selector: string;
  /** The range instead; `*` changes nothing, `$money` is what the root asks for. */
  readonly value: string;
  readonly parent: OverrideRule | undefined;
  readonly rules: readonly OverrideRule[];
}

/** Undefined where nothing is overridden. */
export function readOverrides(given: unknown): OverrideRule | undefined {
  if (typeof given !== 'object' || given === null || Object.keys(given).length === 0)
    return undefined;
  return ruleOf('', given, undefined);
}

/** The rule that an edge falls under, and what it leads to; where none is about it, the one it comes from. */
export function ruleFor(from: OverrideRule, name: string, range: string): OverrideRule {
  return inForce(from).find((rule) => rule.name === name && isSelected(rule, range)) ?? from;
}

/** What is asked for in place of the range. */
export function overriddenRange(
  rule: OverrideRule,
  name: string,
  range: string,
  ofRoot: Readonly<Record<string, string>>,
): string {
  if (rule.name !== name || rule.value === '*') return range;
  return rule.value.startsWith('$') ? (ofRoot[rule.value.slice(1)] ?? range) : rule.value;
}

/** Every name that is given another version anywhere. */
export function overriddenNames(rule: OverrideRule | undefined): ReadonlySet<string> {
  if (rule === undefined) return new Set();
  return new Set(rule.rules.flatMap((one) => [one.name, ...overriddenNames(one)]));
}

function ruleOf(key: string, given: unknown, parent: OverrideRule | undefined): OverrideRule {
  const [, name = key, selector = '*'] = /^(@?[^@]+)(?:@(.*))?$/.exec(key) ?? [];
  const inside = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const own: unknown = typeof given === 'string' ? given : Object.fromEntries(inside)['.'];
  const value = typeof own === 'string' ? own || '*' : selector;
  const rules: OverrideRule[] = [];
  const rule = { name, selector, value, parent, rules };
  for (const [inner, content] of inside)
    if (inner !== '.') rules.push(ruleOf(inner, content, rule));
  return rule;
}

/** The nearest first: those inside a rule, then the rule itself, then those around it. */
function inForce(from: OverrideRule): OverrideRule[] {
  const rules: OverrideRule[] = [];
  for (let rule: OverrideRule | undefined = from; rule !== undefined; rule = rule.parent)
    rules.push(...rule.rules, ...(rule.parent === undefined ? [] : [rule]));
  return rules;
}

/** Of what is no range npm cannot tell, and takes it for selected. */
function isSelected({ selector }: OverrideRule, range: string): boolean {
  if (selector === '*') return true;
  const [wanted, asked] = [selector, range.replace(/^npm:@?[^@]+@?/, '')].map((text) =>
    semver.validRange(text, true),
  );
  return (
    typeof wanted !== 'string' || typeof asked !== 'string' || semver.intersects(wanted, asked)
  );
}
