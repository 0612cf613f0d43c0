/** Whether a tsconfig and all it extends can be read: `tsc --showConfig` makes what it can of one that is cut. */

import path from 'node:path';
import type { Diagnostic } from 'typescript';
import type { Measurement } from '../runner.ts';
import { absent } from '../tool.ts';
import { relativeTo } from './complaint.ts';

/** Undefined when their syntax is right; what they say is for the project's own compiler to judge. */
export async function unreadableConfig(
  root: string,
  config: string,
): Promise<Measurement | undefined> {
  const { default: ts } = await import('typescript');
  const host = {
    ...ts.sys,
    readDirectory: () => [],
    onUnRecoverableConfigFileDiagnostic: () => {},
  };
  const parsed = ts.getParsedCommandLineOfConfigFile(path.resolve(root, config), {}, host);
  if (parsed === undefined) return undefined;
  const own = parsed.options['configFile'] as
    { parseDiagnostics?: typeof parsed.errors } | undefined;
  const wrong = [...(own?.parseDiagnostics ?? []), ...parsed.errors].find(isAboutSyntax);
  if (wrong?.file === undefined) return undefined;
  const { line } = wrong.file.getLineAndCharacterOfPosition(wrong.start ?? 0);
  const text = ts.flattenDiagnosticMessageText(wrong.messageText, ' ');
  const place = `${relativeTo(root, wrong.file.fileName)}:${line + 1}`;
  return absent('bad_config', `${place}: error TS${wrong.code}: ${text}`);
}

/** https://github.com/microsoft/TypeScript/blob/main/src/compiler/diagnosticMessages.json */
function isAboutSyntax({ code, file }: Diagnostic): boolean {
  return file !== undefined && code >= 1000 && code < 2000;
}
