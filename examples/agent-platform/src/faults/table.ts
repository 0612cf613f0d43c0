/** What can be made to fail, and what is seen from outside. The README table and the refusal text follow it. */
export const SWITCHES = {
  login_flow: 'POST /auth/login answers 503',
  token_refresh: 'POST /auth/refresh answers 503',
  logout: 'POST /auth/logout answers 503',
  code_generation_basic: 'workflows of kind code_generation end as failed',
  research_query_basic: 'workflows of kind research_query end as failed',
  task_routing_basic: 'workflows of kind task_routing end as failed',
  basic_workflow_execution: 'workflows of every kind end as failed',
  workflow_execution_starts: 'POST /workflows answers 503 and starts nothing',
  agent_handoff: 'workflows fail when the first agent hands over to the second',
  openai_ping: 'openai refuses: ping and health fail, so do its agents',
  anthropic_ping: 'anthropic refuses: ping and health fail, so do its agents',
  google_ping: 'google refuses: ping and health fail, so do its agents',
  mistral_ping: 'mistral refuses: ping and health fail, so do its agents',
  database_connectivity: 'the database ping and the health probe fail',
  redis_connectivity: 'the cache ping and the health probe fail',
  queue_processing: 'no job is taken from the queue; ping and health fail',
  api_gateway: 'every endpoint but /healthz and /metrics answers 503, health fails',
  all_agents_initialized: 'the reviewer agent never leaves initializing',
  all_integrations_connected: 'GET /integrations answers 503 while single pings pass',
  all_endpoints_responding: 'GET /prompts answers 503',
  dashboard_loads: 'GET /dashboard answers 500',
  agent_list_displays: 'GET /agents answers 500 and the dashboard lists no agent',
  streaming_chat: 'POST /chat breaks off after the first token',
  memory_write: 'POST /memory answers 503',
  memory_read: 'GET /memory answers 503',
  cross_platform_sync: 'a sync leaves one platform behind and answers 500',
  notification_delivery: 'notifications end as failed',
  never_healthy: 'GET /healthz stays at starting with 503',
  ignore_sigterm: 'SIGTERM and SIGINT are ignored, only SIGKILL ends the process',
} as const;

export const AMOUNTS = {
  error_share: { unit: 'share', about: 'share of requests answered 500 with type internal' },
  new_error_type_share: {
    unit: 'share',
    about: 'share of requests answered 500 with type unexpected_state, a type seen nowhere else',
  },
  latency_ms: { unit: 'ms', about: 'extra time per slowed request' },
  latency_share: { unit: 'share', about: 'share of requests that latency_ms slows; 1 if not set' },
  healthy_after_ms: { unit: 'ms', about: 'GET /healthz stays at starting for this long' },
  die_after_ms: { unit: 'ms', about: 'the process exits with code 1 this long after it listens' },
  memory_mb: { unit: 'MB', about: 'memory taken at start and never given back' },
} as const;

export type SwitchName = keyof typeof SWITCHES;
export type AmountName = keyof typeof AMOUNTS;
