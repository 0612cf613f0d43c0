/** What can be asked of a running agent platform without changing anything that lasts. */

import { ask, expectStatus } from './ask.js';
import { told } from './told.js';

const INTEGRATIONS = ['database', 'redis', 'queue', 'openai', 'anthropic', 'google', 'mistral'];

export async function isHealthy() {
  const health = (await expectStatus(200, '/healthz')).json();
  const broken = Object.entries(health.dependencies).filter(([, { state }]) => state === 'failed');
  if (broken.length > 0) throw new Error(`failed: ${broken.map(([name]) => name).join(', ')}`);
  return `${health.status}, ${health.version}`;
}

/** Every answer comes from the release that is meant. */
export async function answersAsVersion(times = 1) {
  if (told.version === undefined) return 'no version was told';
  const instances = new Set();
  for (let count = 0; count < times; count += 1) {
    const { version, instance } = await expectStatus(200, '/agents');
    if (version !== told.version) throw new Error(`${instance} answers as ${version}`);
    instances.add(instance);
  }
  return `${told.version} from ${[...instances].sort().join(', ')}`;
}

export async function pingsIntegrations() {
  for (const name of INTEGRATIONS) await expectStatus(200, `/integrations/${name}/ping`);
  return INTEGRATIONS.join(', ');
}

export async function allIntegrationsConnected() {
  await expectStatus(200, '/integrations');
}

export async function listsAgents() {
  const { agents } = (await expectStatus(200, '/agents')).json();
  const waiting = agents.filter(({ state }) => state !== 'ready' && state !== 'initialized');
  if (agents.length === 0) throw new Error('no agent is listed');
  if (waiting.length > 0)
    throw new Error(`not ready: ${waiting.map(({ name }) => name).join(', ')}`);
  return `${agents.length} agents`;
}

export async function showsDashboard() {
  const { text } = await expectStatus(200, '/dashboard');
  if (!text.includes('<html')) throw new Error('the dashboard is no page');
  await expectStatus(200, '/dashboard.js');
  await expectStatus(200, '/dashboard.css');
}

/** Every public endpoint that takes no input, as the service itself lists them. */
export async function allEndpointsRespond() {
  const { endpoints } = (await expectStatus(200, '/endpoints')).json();
  const plain = endpoints.filter(
    ({ method, path, access }) => method === 'GET' && access === 'public' && !path.includes(':'),
  );
  for (const { path } of plain) await expectStatus(200, path);
  return `${plain.length} endpoints`;
}

/** Who is not signed in gets nothing done. */
export async function refusesStrangers() {
  await expectStatus(401, '/auth/me');
  await expectStatus(401, '/workflows', { method: 'POST', body: {} });
  const user = { user: 'nobody', password: 'not the password' };
  await expectStatus(401, '/auth/login', { method: 'POST', body: user });
}

/** Sessions live in one instance here, so this is for a single one. */
export async function signsInAndOut() {
  const password = process.env.SEED_PASSWORD;
  if (!password) return 'left out: SEED_PASSWORD is not set';
  const user = process.env.SEED_USER || 'operator';
  const post = (path, status, question) =>
    expectStatus(status, path, { method: 'POST', ...question });
  const first = (await post('/auth/login', 200, { body: { user, password } })).json();
  const { refreshToken } = first;
  const second = (await post('/auth/refresh', 200, { body: { refreshToken } })).json();
  await post('/auth/logout', 204, { token: second.accessToken });
  const { status } = await ask('/auth/me', { token: second.accessToken });
  if (status !== 401) throw new Error(`a session that has ended answers ${status}`);
  return `as ${user}`;
}
