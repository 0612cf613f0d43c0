/** Words in: commander, filled from the table of commands. */

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../language/index.ts';
import type { Failure } from '../failure.ts';
import { GROUPS, type CommandRow, type OptionRow } from './commands/command.ts';
import { collect } from './plain-words.ts';

export interface Asked {
  readonly row: CommandRow;
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

export type Words =
  | { readonly kind: 'asked'; readonly asked: Asked }
  /** Help or version was asked for: print this, exit 0. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wrong'; readonly failure: Failure };

export function readWords(
  argv: readonly string[],
  rows: readonly CommandRow[],
  version: string,
): Words {
  let asked: Asked | undefined;
  let text = '';
  // To set up the other commands would take longer than most of them run.
  const named = rows.filter(({ name }) => name === argv[0]);
  const program = createProgram(named.length > 0 ? named : rows, version, (found) => {
    asked = found;
  });
  const output = { writeOut: (more: string) => (text += more), writeErr: () => undefined };
  for (const command of [program, ...program.commands])
    command.configureOutput(output).exitOverride();
  try {
    program.parse(asHelp(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text };
    return { kind: 'wrong', failure: usageFailure(error, argv, rows) };
  }
  if (asked === undefined) return { kind: 'text', text: program.helpInformation() };
  return { kind: 'asked', asked };
}

/** `nemesis`, `nemesis help` and `nemesis help deploy:check` ask for help as `--help` does. */
function asHelp(argv: readonly string[]): string[] {
  if (argv.length === 0) return ['--help'];
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
}

export function createProgram(
  rows: readonly CommandRow[],
  version: string,
  ask: (asked: Asked) => void,
): Command {
  const program = new Command('nemesis')
    .description('May this version go to production?')
    .version(version, '--version', 'print the version of nemesis')
    .helpOption('--help', 'print this help, or that of a command')
    .helpCommand(false)
    .configureHelp({
      helpWidth: 80,
      showGlobalOptions: false,
      subcommandTerm: (command) => command.name(),
    })
    .showSuggestionAfterError(false);
  for (const group of GROUPS) {
    program.commandsGroup(`${group}:`);
    for (const row of rows.filter((candidate) => candidate.group === group)) {
      const command = program
        .command(`${row.name} ${row.operands ?? ''}`.trim())
        .description(row.about);
      command.helpOption('--help', 'print this help').allowExcessArguments(false);
      for (const option of row.options) command.addOption(optionOf(option));
      command.action((...given: unknown[]) => {
        ask({ row, operands: given.slice(0, -2) as string[], options: command.opts() });
      });
    }
  }
  program.addHelpText(
    'after',
    '\nnemesis <command> --help tells more.\nExit codes: 0 yes, 1 no, 2 asked wrongly, 3 undecided.\n',
  );
  return program;
}

function optionOf({ flags, about, list, repeats }: OptionRow): Option {
  const option = new Option(flags, about);
  if (repeats === true) {
    return option.argParser((value: string, before: readonly string[] | undefined) => {
      if (value === '') throw new InvalidArgumentError('it names nothing');
      return [...(before ?? []), value];
    });
  }
  if (list !== true) return option;
  return option.argParser((value: string, before: readonly string[] | undefined) => {
    const values = collect(value, before);
    // `--gate ""` asks for nothing: to check everything instead would be a guess.
    if (values.length === 0) throw new InvalidArgumentError('it names nothing');
    return values;
  });
}

function usageFailure(
  error: CommanderError,
  argv: readonly string[],
  rows: readonly CommandRow[],
): Failure {
  const message = error.message.replace(/^error: /, '').replace(/\.$/, '');
  const names = rows.map(({ name }) => name);
  if (error.code === 'commander.unknownCommand' || error.code === 'commander.excessArguments') {
    const word = argv.find((candidate) => !candidate.startsWith('-')) ?? '';
    if (!names.includes(word)) {
      const near = nearest(word, names);
      return {
        kind: 'usage',
        message: `there is no command \`${word}\``,
        help: [near === undefined ? 'see nemesis --help' : `did you mean nemesis ${near}?`],
      };
    }
  }
  const row = rows.find(({ name }) => argv.includes(name));
  const flag = /unknown option '([^']+)'/.exec(message)?.[1];
  const flags = (row?.options ?? []).map((option) => /--[a-z-]+/.exec(option.flags)![0]);
  const near = flag === undefined ? undefined : nearest(flag, flags);
  const see = row === undefined ? 'see nemesis --help' : `see nemesis ${row.name} --help`;
  return { kind: 'usage', message, help: [near === undefined ? see : `did you mean ${near}?`] };
}
