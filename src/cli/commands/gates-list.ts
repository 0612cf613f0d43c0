/** `nemesis gates:list`: every gate in force, its sentences and where they stand. Proves them on the way. */

import { GATES, type Agent, type Sentence } from '../../judge/agent.ts';
import { TRIGGERS } from '../../judge/trigger.ts';
import type { EnvironmentConfig } from '../../config/environment.ts';
import { actionJson, actionLines } from '../action-text.ts';
import { openSession } from '../session.ts';
import { textOption, type RunCommand } from './command.ts';

export const run: RunCommand = async ({ options, io, parts }) => {
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return { kind: 'failed', failure: session.failure };
  const { agents, config } = session.value.loaded;
  if (options['json'] === true) {
    const gates = agents.map(
      ({ id, name, stage, type, trigger, schedule, runners, sentences, action, place }) => ({
        id,
        name,
        stage,
        type,
        trigger: trigger ?? null,
        schedule: schedule ?? null,
        mode: stage === 'monitor' ? null : (config.mode[stage] ?? 'enforce'),
        runners,
        file: place.file,
        sentences: sentences.map(({ text, role, level, sections, place: { line }, changedBy }) => ({
          text,
          role,
          level,
          sections,
          line,
          changed_by: changedBy ?? null,
        })),
        action: actionJson(action),
      }),
    );
    io.out(
      `${JSON.stringify({ schema: 'nemesis.gates/1', configuration: config.describedAs, gates }, null, 2)}\n`,
    );
    return { kind: 'yes' };
  }
  io.out(`${config.describedAs}\n`);
  for (const stage of [...GATES, 'monitor'] as const) {
    for (const agent of agents.filter((candidate) => candidate.stage === stage).sort(byTrigger)) {
      const mode = config.mode[stage as keyof typeof config.mode];
      io.out(`${agentText(agent, mode, config.environments)}\n`);
    }
  }
  return { kind: 'yes' };
};

const byTrigger = (one: Agent, other: Agent) => rank(one) - rank(other);

/** As the triggers come; who has none comes last. */
function rank({ trigger }: Agent): number {
  const index = TRIGGERS.findIndex(({ name }) => name === trigger);
  return index < 0 ? TRIGGERS.length : index;
}

function agentText(
  agent: Agent,
  mode: 'enforce' | 'observe' | undefined,
  environments: readonly EnvironmentConfig[],
): string {
  const when = [agent.trigger, agent.schedule].filter(Boolean).join(', ');
  const observed = mode === 'observe' ? ' (observed only)' : '';
  const lines = [
    `\n${agent.stage}${observed}  ${agent.id}  ${agent.name}`,
    `  ${agent.place.file} · ${agent.type}, on ${when}`,
    ...agent.sentences.map(sentenceText),
    ...(agent.action === undefined ? [] : actionLines(agent.action, environments)),
    ...(agent.score?.components ?? []).map(
      ({ name, weight, metrics }) =>
        `  ${`${Math.round(weight * 100)}%`.padStart(5)} ${name}: ${metrics.map((metric) => metric.name).join(', ')}`,
    ),
  ];
  return lines.join('\n');
}

function sentenceText({ text, role, level, place, changedBy }: Sentence): string {
  const verb = role === 'check' ? 'must hold' : 'must not';
  const change = changedBy === undefined ? '' : `  (${changedBy})`;
  return `  ${level.padEnd(5)} ${verb}  ${text}  :${place.line}${change}`;
}
