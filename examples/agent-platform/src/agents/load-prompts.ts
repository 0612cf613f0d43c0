import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePrompt, type Prompt } from './prompt-file.ts';

/** The agents the workflows hand tasks to; each needs a prompt file of its name. */
export const AGENT_NAMES = ['router', 'researcher', 'coder', 'reviewer'] as const;
export type AgentName = (typeof AGENT_NAMES)[number];

export type Prompts = ReadonlyMap<AgentName, Prompt>;

/** What an agent can be told. A prompt that wants more could never be rendered. */
const PROMPT_VARIABLES = ['task', 'context', 'agents'] as const;
export type PromptValues = Readonly<Record<(typeof PROMPT_VARIABLES)[number], string>>;

/** Reads all prompt files and checks them one by one and against each other. */
export function loadPrompts(directory: string): { prompts: Prompts; problems: string[] } {
  const files = readdirSync(directory).filter((file) => file.endsWith('.md'));
  return checkPrompts(
    files.sort().map((file) => ({ file, text: readFileSync(join(directory, file), 'utf8') })),
  );
}

/** The pure half of `loadPrompts`. */
export function checkPrompts(files: readonly { file: string; text: string }[]): {
  prompts: Prompts;
  problems: string[];
} {
  const prompts = new Map<AgentName, Prompt>();
  const problems: string[] = [];
  for (const { file, text } of files) {
    const result = parsePrompt(file, text);
    if (result.kind === 'problems') {
      problems.push(...result.problems);
      continue;
    }
    const { prompt } = result;
    const name = AGENT_NAMES.find((agent) => agent === prompt.agent);
    if (name === undefined) problems.push(`${file}: no agent is called ${prompt.agent}`);
    else if (file !== `${name}.md`) problems.push(`${file}: the file of ${name} is ${name}.md`);
    else prompts.set(name, prompt);
    problems.push(...unknownVariables(file, prompt));
  }
  for (const name of AGENT_NAMES) {
    if (!files.some(({ file }) => file === `${name}.md`)) problems.push(`${name}.md is missing`);
  }
  const languages = new Set([...prompts.values()].map((prompt) => prompt.language));
  if (languages.size > 1) problems.push(`prompts mix languages: ${[...languages].join(', ')}`);
  return { prompts, problems };
}

function unknownVariables(file: string, { variables }: Prompt): string[] {
  return variables
    .filter((name) => !PROMPT_VARIABLES.some((known) => known === name))
    .map(
      (name) => `${file}: no value exists for ${name}; known are ${PROMPT_VARIABLES.join(', ')}`,
    );
}
