import { describe, expect, it } from 'vitest';
import { answerTo } from '../../src/standins/answers.ts';
import { nextAgent, WORKFLOW_KINDS } from '../../src/workflows/plan.ts';
import type { Workflow } from '../../src/workflows/workflow.ts';
import { createHarness } from '../support/harness.ts';

const token = 'for-machines';
const task = 'Write a function that adds';
const harness = (FAULTS = '', answer = answerTo) =>
  createHarness({ SERVICE_TOKEN: token, FAULTS }, answer);

describe('nextAgent', () => {
  it.each(['coder', 'Coder.', ' coder\n'])('understands a router that says %j', (output) => {
    expect(nextAgent('task_routing', [{ agent: 'router', output }])).toBe('coder');
  });

  it('refuses a choice nobody has', () => {
    expect(() => nextAgent('task_routing', [{ agent: 'router', output: 'the cook' }])).toThrow(
      'the router named none of coder, researcher: the cook',
    );
  });
});

describe('POST /workflows', () => {
  it.each([
    ['code_generation', ['coder', 'reviewer']],
    ['research_query', ['researcher', 'reviewer']],
    ['task_routing', ['router', 'coder', 'reviewer']],
  ])('hands %s from agent to agent', async (kind, agents) => {
    const { call, core } = harness();
    const { status, body } = await call('POST', '/workflows', { body: { kind, task }, token });
    const workflow = body as Workflow;
    expect(status).toBe(201);
    expect(workflow.status).toBe('completed');
    expect(workflow.steps.map((step) => step.agent)).toEqual(agents);
    expect(workflow.output).toBe(workflow.steps.at(-1)?.output);
    const page = core.registry.render();
    expect(page).toContain(`workflows_completed_total{kind="${kind}"} 1`);
    expect(page).toContain(`agent_handoff_seconds_count ${agents.length - 1}`);
    expect((await call('GET', `/workflows/${workflow.id}`, { token })).body).toEqual(workflow);
  });

  it('tells each agent what the ones before wrote', async () => {
    const prompts: string[] = [];
    const { call } = harness('', (prompt) => {
      prompts.push(prompt);
      return answerTo(prompt);
    });
    await call('POST', '/workflows', { body: { kind: 'code_generation', task }, token });
    expect(prompts[0]).toContain(task);
    expect(prompts[1]).toContain(`coder wrote:\n${answerTo(prompts[0] ?? '')}`);
  });

  it('asks a provider once for the same question', async () => {
    let asked = 0;
    const { call, clock } = harness('', (prompt) => {
      asked += 1;
      return answerTo(prompt);
    });
    const body = { kind: 'research_query', task };
    await call('POST', '/workflows', { body, token });
    await call('POST', '/workflows', { body, token });
    expect(asked).toBe(2);
    clock.advance(60_000);
    await call('POST', '/workflows', { body, token });
    expect(asked).toBe(4);
  });

  it('works without its cache', async () => {
    const { call, redis, lines } = harness();
    redis.state.texts.get = () => {
      throw new Error('cache is down');
    };
    const { status } = await call('POST', '/workflows', {
      body: { kind: 'code_generation', task },
      token,
    });
    expect(status).toBe(201);
    expect(lines.join('')).toContain('cache not used');
  });

  it('fails when an agent says nothing', async () => {
    const { call } = harness('', () => '');
    const { status, body } = await call('POST', '/workflows', {
      body: { kind: 'code_generation', task },
      token,
    });
    expect(status).toBe(502);
    expect(body).toMatchObject({ status: 'failed', error: 'anthropic sent an empty answer' });
  });

  it('lets the worker do it when nobody waits', async () => {
    const { call, startWork } = harness();
    const stop = startWork();
    const { status, body } = await call('POST', '/workflows', {
      body: { kind: 'code_generation', task, wait: false },
      token,
    });
    expect(status).toBe(202);
    // The queue is in order, and the ping comes back through it.
    await call('GET', '/integrations/queue/ping');
    await stop();
    const { id } = body as Workflow;
    expect((await call('GET', `/workflows/${id}`, { token })).body).toMatchObject({
      status: 'completed',
    });
  });

  it.each([
    [{ kind: 'cooking', task }, 'kind must be one of'],
    [{ kind: 'task_routing' }, 'task must be a text'],
    [{ kind: 'task_routing', task, wiat: true }, 'unknown field wiat'],
  ])('refuses %j', async (body, message) => {
    const answer = await harness().call('POST', '/workflows', { body, token });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(message);
  });
});

describe('workflow faults', () => {
  it.each([
    ['code_generation_basic', 'code_generation', 502],
    ['research_query_basic', 'research_query', 502],
    ['task_routing_basic', 'task_routing', 502],
    ['basic_workflow_execution', 'research_query', 502],
    ['agent_handoff', 'research_query', 502],
    ['anthropic_ping', 'code_generation', 502],
    ['workflow_execution_starts', 'task_routing', 503],
    ['code_generation_basic', 'research_query', 201],
  ])('%s on %s', async (fault, kind, status) => {
    const { call } = harness(fault);
    expect((await call('POST', '/workflows', { body: { kind, task }, token })).status).toBe(status);
  });
});

describe('GET /workflows/:id', () => {
  it('shows nobody the workflows of others', async () => {
    const { call, core } = harness();
    core.workflows.insert({
      id: 'w1',
      owner: 'ada',
      kind: WORKFLOW_KINDS[0] ?? 'code_generation',
      task,
      status: 'running',
      steps: [],
      startedAt: '',
    });
    expect((await call('GET', '/workflows/w1', { token })).status).toBe(404);
    expect((await call('GET', '/workflows/w2', { token })).status).toBe(404);
    expect((await call('GET', '/workflows/w1')).status).toBe(401);
  });
});
