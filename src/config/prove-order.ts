/** Triggers make the order of agents: each must be emitted by somebody here, and nobody may wait for itself. */

import { nearest } from '../language/index.ts';
import { GATES, type Agent, type Stage } from '../judge/agent.ts';
import { TRIGGERS } from '../judge/trigger.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import type { Document } from './yaml.ts';

/** One agent by itself: it starts somehow, and not before its own gate could. */
export function checkTrigger(
  document: Document,
  file: GateFile,
  stage: Stage,
  diagnostics: Diagnostic[],
): void {
  if (file.trigger === undefined) {
    if (file.schedule !== undefined) return;
    const message = 'an agent needs a `trigger` or a `schedule`';
    diagnostics.push(at(document.spot(['agent_id']), message));
    return;
  }
  const spot = document.spot(['trigger']);
  const trigger = TRIGGERS.find(({ name }) => name === file.trigger);
  if (trigger === undefined) {
    const names = TRIGGERS.map(({ name }) => name);
    const near = nearest(file.trigger, names);
    const help = near === undefined ? `known: ${names.join(', ')}` : `write ${near}`;
    diagnostics.push(at(spot, `nobody emits the trigger \`${file.trigger}\``, [help]));
    return;
  }
  const order: readonly string[] = GATES;
  if (stage !== 'monitor' && order.indexOf(stage) < order.indexOf(trigger.from)) {
    const message = `\`${trigger.name}\` is emitted after the ${stage} gate, so this agent would never start`;
    diagnostics.push(at(spot, message, [`use a trigger of the ${stage} gate or earlier`]));
  }
}

/** An agent with the file it comes from. */
export interface Placed {
  readonly agent: Agent;
  readonly document: Document;
}

/** All agents together: no gap, no loop. */
export function checkOrder(placed: readonly Placed[], diagnostics: Diagnostic[]): void {
  const waitsFor = new Map(placed.map(({ agent }) => [agent, emittersOf(agent, placed)]));
  for (const { agent, document } of placed) {
    const emitter = TRIGGERS.find(({ name }) => name === agent.trigger)?.emittedBy;
    if (emitter === undefined || emitter === 'outside') continue;
    const spot = document.spot(['trigger']);
    if (waitsFor.get(agent)?.length === 0) {
      const who = emitter.startsWith('DEPLOY_') ? emitter : `the ${emitter} gate`;
      const message = `\`${agent.trigger}\` is emitted by ${who}, which has no agent here`;
      diagnostics.push(at(spot, message, ['use on_push, or add that agent']));
    } else if (reaches(agent, agent, waitsFor)) {
      const message = `${agent.id} waits for itself: \`${agent.trigger}\` comes after it`;
      diagnostics.push(at(spot, message, ['use an earlier trigger']));
    }
  }
}

function emittersOf(agent: Agent, placed: readonly Placed[]): readonly Agent[] {
  const emitter = TRIGGERS.find(({ name }) => name === agent.trigger)?.emittedBy;
  return placed
    .map((other) => other.agent)
    .filter(({ id, stage }) => id === emitter || stage === emitter);
}

function reaches(
  from: Agent,
  to: Agent,
  waitsFor: ReadonlyMap<Agent, readonly Agent[]>,
  been = new Set<Agent>(),
): boolean {
  return (waitsFor.get(from) ?? []).some((next) => {
    if (next === to) return true;
    if (been.has(next)) return false;
    been.add(next);
    return reaches(next, to, waitsFor, been);
  });
}
