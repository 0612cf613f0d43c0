/** What the stand-in providers say: the same answer to the same prompt, so that tests can rely on it. */
export function answerTo(prompt: string): string {
  const task =
    /(?:Task|Question|The task was):\n([\s\S]*?)\n\n/.exec(prompt)?.[1]?.trim() ?? prompt;
  if (/exactly one word/.test(prompt)) return isCodeTask(task) ? 'coder' : 'researcher';
  if (/TypeScript/.test(prompt)) {
    return `export function answer(): string {\n  return ${JSON.stringify(task)};\n}\n\nRun it with node.`;
  }
  if (/You check the work/.test(prompt)) {
    const work = /The work so far:\n([\s\S]*?)\n\nReply/.exec(prompt)?.[1]?.trim() ?? '';
    return `${work}\n\nNothing had to be changed.`;
  }
  return `In short: ${task}\n\nThis rests on the question alone.`;
}

function isCodeTask(task: string): boolean {
  return /\b(code|function|class|program|script|bug|refactor|implement|test)\b/i.test(task);
}

/** Cuts a text into pieces of a word each; joined they are the text again. */
export function toPieces(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}
