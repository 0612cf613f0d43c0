import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ServiceError } from '../errors.ts';
import type { FaultInjector } from '../faults/injector.ts';
import { json, type Route } from '../http/route.ts';
import type { Queue } from '../queue/queue.ts';
import { BodyFields } from '../shape.ts';
import type { Records } from '../storage/records.ts';
import { WORKFLOW_KINDS } from '../workflows/plan.ts';
import type { Workflow } from '../workflows/workflow.ts';
import { ownerOf } from './auth.ts';

export interface WorkflowRouteParts {
  readonly records: Records<Workflow>;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly run: (workflow: Workflow, signal: AbortSignal) => Promise<Workflow>;
}

/** Starting workflows and looking at them. */
export function workflowRoutes(parts: WorkflowRouteParts): Route[] {
  const { records, queue, clock, faults, run } = parts;
  return [
    {
      method: 'POST',
      path: '/workflows',
      about: 'starts a workflow; waits for its end unless wait is false',
      access: 'signed-in',
      isSteered: true,
      handle: async (request) => {
        faults.trip('workflow_execution_starts');
        const fields = new BodyFields(await request.body(), ['kind', 'task', 'wait']);
        const workflow: Workflow = {
          id: randomUUID(),
          owner: ownerOf(request.caller),
          kind: fields.oneOf('kind', WORKFLOW_KINDS),
          task: fields.text('task'),
          status: 'running',
          steps: [],
          startedAt: new Date(clock.nowMs()).toISOString(),
        };
        const shouldWait = fields.flag('wait', true);
        records.insert(workflow);
        if (shouldWait) {
          const ended = await run(workflow, request.signal);
          return json(ended, ended.status === 'completed' ? 201 : 502);
        }
        await queue.push({ kind: 'workflow', id: workflow.id });
        return json(workflow, 202);
      },
    },
    {
      method: 'GET',
      path: '/workflows/:id',
      about: 'a workflow with its steps so far',
      access: 'signed-in',
      isSteered: true,
      handle: ({ params, caller }) => json(findOwn(records, params.id, ownerOf(caller))),
    },
  ];
}

/** Somebody else's record is as good as none, so that ids tell nothing. */
export function findOwn<T extends { id: string; owner: string }>(
  records: Records<T>,
  id: string | undefined,
  owner: string,
): T {
  const record = records.find(id ?? '');
  if (record?.owner === owner) return record;
  throw new ServiceError('not_found', 'nothing of yours has this id');
}
