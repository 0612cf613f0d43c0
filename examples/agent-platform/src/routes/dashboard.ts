import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '../agents/agent.ts';
import type { Team } from '../agents/team.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { Reply, Route } from '../http/route.ts';
import { WORKFLOW_KINDS } from '../workflows/plan.ts';

export interface DashboardParts {
  readonly team: Team;
  readonly faults: FaultInjector;
  readonly version: string;
  /** The folder of the page's style and script. */
  readonly publicDir: string;
}

const ASSETS = { 'dashboard.css': 'text/css', 'dashboard.js': 'text/javascript' } as const;

/** One page that lists the agents and starts workflows. The list is there without any script. */
export function dashboardRoutes(parts: DashboardParts): Route[] {
  const page = (path: string): Route => ({
    method: 'GET',
    path,
    about: 'the dashboard',
    access: 'public',
    isSteered: true,
    handle: () => {
      parts.faults.trip('dashboard_loads', 'internal');
      return text('text/html', renderDashboard(parts));
    },
  });
  const assets = Object.entries(ASSETS).map(([file, type]): Route => {
    const content = readFileSync(join(parts.publicDir, file), 'utf8');
    return {
      method: 'GET',
      path: `/${file}`,
      about: 'a part of the dashboard',
      access: 'public',
      isSteered: true,
      handle: () => text(type, content),
    };
  });
  return [page('/'), page('/dashboard'), ...assets];
}

/** The page as HTML. */
function renderDashboard({ team, faults, version }: DashboardParts): string {
  const agents = faults.isOn('agent_list_displays') ? [] : team.agents;
  const options = WORKFLOW_KINDS.map((kind) => `<option>${escapeHtml(kind)}</option>`);
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Agent platform</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/dashboard.css">
  <script src="/dashboard.js" defer></script>
</head>
<body>
  <header><h1>Agent platform</h1><p>Version <span id="version">${escapeHtml(version)}</span></p></header>
  <main>
    <h2>Agents</h2>
    <table id="agents">
      <thead><tr><th scope="col">Name</th><th scope="col">Provider</th><th scope="col">Model</th><th scope="col">State</th></tr></thead>
      <tbody>${agents.map(renderAgent).join('')}</tbody>
    </table>
    <h2>Start a workflow</h2>
    <form id="start">
      <label>User <input name="user" autocomplete="username" required></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
      <label>Kind <select name="kind">${options.join('')}</select></label>
      <label>Task <textarea name="task" rows="3" required></textarea></label>
      <button>Start</button>
    </form>
    <p id="status" role="status"></p>
    <pre id="output" hidden></pre>
  </main>
</body>
</html>
`;
}

function renderAgent({ name, prompt, state }: Agent): string {
  const cells = [name, prompt.provider, prompt.model, state].map(
    (cell) => `<td>${escapeHtml(cell)}</td>`,
  );
  return `<tr data-agent="${escapeHtml(name)}">${cells.join('')}</tr>`;
}

function escapeHtml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function text(type: string, content: string): Reply {
  return { kind: 'text', status: 200, type, text: content };
}
