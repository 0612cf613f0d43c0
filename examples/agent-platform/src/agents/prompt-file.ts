import { PROVIDER_NAMES, type ProviderName } from '../providers/provider.ts';

/** One prompt file: what the agent is, and the template it is asked with. */
export interface Prompt {
  readonly agent: string;
  readonly provider: ProviderName;
  readonly model: string;
  readonly language: string;
  readonly variables: readonly string[];
  readonly template: string;
}

export type PromptResult =
  | { readonly kind: 'prompt'; readonly prompt: Prompt }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const FIELDS = ['agent', 'provider', 'model', 'language', 'variables'] as const;
type Field = (typeof FIELDS)[number];

/** Anything between double braces, so that `{{ a b }}` is reported instead of being sent to a provider. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** Reads a file of front matter between `---` lines and a template. Returns all problems, not only the first. */
export function parsePrompt(file: string, text: string): PromptResult {
  const [, head, template] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  if (head === undefined || template === undefined) {
    return {
      kind: 'problems',
      problems: [`${file}: starts with no front matter between --- lines`],
    };
  }
  const { fields, problems } = readFields(head);
  const value = (name: Field) => fields.get(name) ?? '';
  const variables = readList(value('variables'));
  problems.push(...fieldProblems(fields), ...templateProblems(template, variables));
  const provider = PROVIDER_NAMES.find((name) => name === value('provider'));
  if (problems.length > 0 || !provider) {
    return { kind: 'problems', problems: problems.map((problem) => `${file}: ${problem}`) };
  }
  return {
    kind: 'prompt',
    prompt: {
      agent: value('agent'),
      provider,
      model: value('model'),
      language: value('language'),
      variables,
      template: template.trim(),
    },
  };
}

/** Fills the template. Values are put in as they are: a placeholder inside a value stays text. */
export function renderPrompt(prompt: Prompt, values: Readonly<Record<string, string>>): string {
  return prompt.template.replace(PLACEHOLDER, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`prompt of ${prompt.agent} got no value for ${name}`);
    return value;
  });
}

function readFields(head: string): { fields: Map<Field, string>; problems: string[] } {
  const fields = new Map<Field, string>();
  const problems: string[] = [];
  for (const line of head.split('\n')) {
    const [, key, value] = /^(\w+):\s*(.*?)\s*$/.exec(line) ?? [];
    const name = FIELDS.find((field) => field === key);
    if (name === undefined)
      problems.push(`cannot read \`${line}\`; known are ${FIELDS.join(', ')}`);
    else if (fields.has(name)) problems.push(`${name} is given twice`);
    else fields.set(name, value ?? '');
  }
  return { fields, problems };
}

function fieldProblems(fields: ReadonlyMap<Field, string>): string[] {
  const problems = FIELDS.filter((name) => !fields.get(name)).map((name) => `${name} is missing`);
  const provider = fields.get('provider');
  if (provider && !PROVIDER_NAMES.some((name) => name === provider)) {
    problems.push(`provider must be one of ${PROVIDER_NAMES.join(', ')}`);
  }
  const language = fields.get('language');
  if (language && !/^[a-z]{2}$/.test(language)) problems.push('language must be two letters');
  return problems;
}

function readList(text: string): string[] {
  const inner = text.replace(/^\[|\]$/g, '');
  return inner
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function templateProblems(template: string, variables: readonly string[]): string[] {
  const used = [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
  const problems: string[] = [];
  if (template.trim() === '') problems.push('the template is empty');
  for (const name of new Set(used)) {
    if (!variables.includes(name)) problems.push(`{{${name}}} is not among the variables`);
  }
  for (const name of variables) {
    if (!used.includes(name)) problems.push(`variable ${name} is not used`);
  }
  if (/\{\{|\}\}/.test(template.replace(PLACEHOLDER, ''))) {
    problems.push('a double brace is not closed or not opened');
  }
  return problems;
}
