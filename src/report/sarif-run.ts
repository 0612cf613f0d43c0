/** One run of a SARIF log, from what a tool said: its rules, its results, how it ended. */

import type { Spot } from './where.ts';
import { fit, harmless } from './wording.ts';

export interface Remark {
  readonly rule: string;
  readonly about: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly spot: Spot;
  readonly fingerprint: string;
  /** Who accepted it, until when and why: it is in the log, and nobody is to be stopped by it. */
  readonly suppressedBy?: string;
}

export interface RunFacts {
  readonly name: string;
  readonly version: string | undefined;
  readonly about: string;
  /** The gravest first. */
  readonly remarks: readonly Remark[];
  readonly isSuccessful: boolean;
  readonly exitCode?: number | undefined;
  readonly notifications: readonly Notification[];
  readonly properties: Readonly<Record<string, unknown>> | undefined;
}

export type Notification = ReturnType<typeof notification>;
export type SarifRun = ReturnType<typeof runOf>;

const LONGEST = { rule: 255, about: 500, message: 2_000 } as const;

export function notification(id: string, level: 'error' | 'warning', text: string) {
  return { descriptor: { id }, level, message: { text: messageText(text) } };
}

export function runOf(facts: RunFacts) {
  const { name, version, about, remarks, isSuccessful, exitCode, notifications, properties } =
    facts;
  const rules = rulesOf(remarks);
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  return {
    tool: {
      driver: {
        name,
        fullName: fit(harmless([about, version].filter(Boolean).join(' ')), LONGEST.about),
        ...(version === undefined ? {} : { version: fit(harmless(version), LONGEST.rule) }),
        rules,
      },
    },
    automationDetails: { id: `nemesis/${name}/` },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: BASES,
    invocations: [
      {
        executionSuccessful: isSuccessful,
        ...(exitCode === undefined ? {} : { exitCode }),
        toolExecutionNotifications: notifications,
      },
    ],
    results: remarks.map((remark) => resultOf(remark, index)),
    ...(properties === undefined ? {} : { properties }),
  };
}

/** Where they lie is for who reads the log to know: a path of this machine would say nothing there. */
const BASES = {
  '%SRCROOT%': { description: { text: 'the top of the repository' } },
  '%NEMESIS%': { description: { text: 'what nemesis brings along' } },
} as const;

function rulesOf(remarks: readonly Remark[]) {
  const first = new Map<string, Remark>();
  for (const remark of remarks) {
    const id = ruleId(remark);
    if (!first.has(id)) first.set(id, remark);
  }
  return [...first].map(([id, { about, level }]) => {
    const text = messageText(fit(about, LONGEST.about));
    return {
      id,
      shortDescription: { text },
      fullDescription: { text },
      help: { text },
      defaultConfiguration: { level },
    };
  });
}

const ruleId = ({ rule }: Remark): string => fit(harmless(rule), LONGEST.rule) || 'unnamed';

function resultOf(remark: Remark, index: ReadonlyMap<string, number>) {
  const { level, message, spot, fingerprint, suppressedBy } = remark;
  const ruleIndex = index.get(ruleId(remark))!;
  const column = spot.column === undefined ? {} : { startColumn: Math.max(1, spot.column) };
  return {
    ruleId: ruleId(remark),
    ruleIndex,
    level,
    message: { text: messageText(message) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: {
            uri: uriOf(spot.path),
            uriBaseId: spot.of === 'nemesis' ? '%NEMESIS%' : '%SRCROOT%',
          },
          region: { startLine: Math.max(1, spot.line), ...column },
        },
      },
    ],
    partialFingerprints: { 'nemesis/v1': fingerprint },
    ...(suppressedBy !== undefined && {
      suppressions: [
        { kind: 'external', status: 'accepted', justification: messageText(suppressedBy) },
      ],
    }),
  };
}

/** In a message `[text](target)` is a link: ours hold none, so a stranger's is pulled apart. */
function messageText(text: string): string {
  return fit(harmless(text), LONGEST.message).replaceAll('](', '] (') || 'no message';
}

/** Every character that is none of a path's own is encoded, a colon of the first step too. */
function uriOf(path: string): string {
  return path
    .split('/')
    .map((step) => encodeURIComponent(step.toWellFormed()))
    .join('/');
}
