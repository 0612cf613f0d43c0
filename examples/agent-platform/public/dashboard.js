/* Starts a workflow from the form and shows what becomes of it. */

const form = document.querySelector('#start');
const status = document.querySelector('#status');
const output = document.querySelector('#output');

const POLL_MS = 200;
const POLLS = 150;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  output.hidden = true;
  status.textContent = 'signing in';
  try {
    const fields = Object.fromEntries(new FormData(form));
    const { accessToken } = await call('POST', '/auth/login', {
      body: { user: fields.user, password: fields.password },
    });
    const started = await call('POST', '/workflows', {
      body: { kind: fields.kind, task: fields.task, wait: false },
      accessToken,
    });
    status.textContent = `workflow ${started.id} running`;
    show(await waitForEnd(started.id, accessToken));
  } catch (error) {
    status.textContent = `failed: ${error.message}`;
  }
});

async function waitForEnd(id, accessToken) {
  for (let i = 0; i < POLLS; i += 1) {
    const workflow = await call('GET', `/workflows/${id}`, { accessToken });
    if (workflow.status !== 'running') return workflow;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error('the workflow is still running');
}

function show(workflow) {
  status.textContent = `workflow ${workflow.id} ${workflow.status}`;
  output.textContent = workflow.output ?? workflow.error;
  output.hidden = false;
}

async function call(method, path, { body, accessToken }) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: body && JSON.stringify(body),
  });
  const reply = await response.json();
  if (!response.ok) throw new Error(reply.error?.message ?? `status ${response.status}`);
  return reply;
}
