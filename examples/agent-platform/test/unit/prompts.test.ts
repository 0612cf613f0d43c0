import { describe, expect, it } from 'vitest';
import { checkPrompts, loadPrompts } from '../../src/agents/load-prompts.ts';
import { parsePrompt, type Prompt, renderPrompt } from '../../src/agents/prompt-file.ts';
import { folder } from '../support/paths.ts';

const head = 'agent: coder\nprovider: openai\nmodel: small\nlanguage: en\nvariables: [task]';
const file = (front: string, body = 'Do {{task}}') => `---\n${front}\n---\n${body}`;

function parsed(text: string): Prompt {
  const result = parsePrompt('coder.md', text);
  if (result.kind === 'problems') throw new Error(result.problems.join());
  return result.prompt;
}

describe('parsePrompt', () => {
  it('reads front matter and template', () => {
    expect(parsed(file(head))).toEqual({
      agent: 'coder',
      provider: 'openai',
      model: 'small',
      language: 'en',
      variables: ['task'],
      template: 'Do {{task}}',
    });
  });

  it.each([
    ['no front matter', 'Do it', 'starts with no front matter between --- lines'],
    ['a missing field', file(head.replace('model: small\n', '')), 'model is missing'],
    ['a field given twice', file(`${head}\nmodel: big`), 'model is given twice'],
    ['an unknown field', file(`${head}\ncolour: red`), 'cannot read `colour: red`'],
    ['an unknown provider', file(head.replace('openai', 'oracle')), 'provider must be one of'],
    ['a language name', file(head.replace(': en', ': english')), 'language must be two letters'],
    ['an undeclared placeholder', file(head, '{{task}} {{tone}}'), '{{tone}} is not among'],
    [
      'an unused variable',
      file(head.replace('[task]', '[task, tone]')),
      'variable tone is not used',
    ],
    ['an open brace', file(head, '{{task}} {{tone'), 'a double brace is not closed'],
    ['an empty template', file(head.replace('[task]', '[]'), ' '), 'the template is empty'],
  ])('reports %s', (_what, text, problem) => {
    const result = parsePrompt('coder.md', text);
    expect(result.kind === 'problems' && result.problems.join('\n')).toContain(problem);
  });
});

describe('renderPrompt', () => {
  it('puts values in once, whatever they contain', () => {
    expect(renderPrompt(parsed(file(head)), { task: '{{task}} $&' })).toBe('Do {{task}} $&');
  });

  it('refuses to leave a placeholder open', () => {
    expect(() => renderPrompt(parsed(file(head)), {})).toThrow('got no value for task');
  });
});

describe('loadPrompts', () => {
  it('accepts the prompts of the service', () => {
    const { prompts, problems } = loadPrompts(folder('prompts'));
    expect(problems).toEqual([]);
    expect([...prompts.keys()].sort()).toEqual(['coder', 'researcher', 'reviewer', 'router']);
  });
});

describe('checkPrompts', () => {
  it('compares the files with each other and with the agents', () => {
    const { problems } = checkPrompts([
      { file: 'coder.md', text: file(head) },
      {
        file: 'reviewer.md',
        text: file(head.replace('coder', 'reviewer').replace(': en', ': de')),
      },
      { file: 'cook.md', text: file(head.replace('coder', 'cook')) },
      { file: 'second.md', text: file(head) },
      {
        file: 'router.md',
        text: file(head.replace('coder', 'router').replace('[task]', '[tone]'), '{{tone}}'),
      },
    ]);
    expect(problems).toEqual([
      'cook.md: no agent is called cook',
      'second.md: the file of coder is coder.md',
      'router.md: no value exists for tone; known are task, context, agents',
      'researcher.md is missing',
      'prompts mix languages: en, de',
    ]);
  });
});
