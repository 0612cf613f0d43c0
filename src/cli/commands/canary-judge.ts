/** `nemesis canary:judge`: judges recorded series, or a verdict of the history again, with the code that judges rollouts. */

import { ok, type Failure, type Result } from '../../failure.ts';
import { canaryText } from '../../report/canary-text.ts';
import { decide } from '../../rollout/analysis/decide.ts';
import type { Evidence } from '../../rollout/analysis/evidence.ts';
import type { AnalysisSpec, Answer } from '../../rollout/analysis/spec.ts';
import { canaryGate } from '../canary-gate.ts';
import { recordedVerdict } from '../canary-record.ts';
import { readSeries } from '../canary-series.ts';
import type { Ending } from '../exit.ts';
import { openSession } from '../session.ts';
import { failed, usage } from '../store-failure.ts';
import { textOption, type CommandInput, type RunCommand } from './command.ts';

export const run: RunCommand = async (input) => {
  const deployment = textOption(input.options, 'record');
  const [file, ...more] = input.operands;
  if (more.length > 0 || (file === undefined) === (deployment === undefined)) {
    const help = 'write canary:judge series.csv, or canary:judge --record DEPLOYMENT';
    return failed(usage('one file, or one record, is judged', help));
  }
  if (deployment !== undefined) {
    return recordedVerdict(input, deployment, (found) => told(input, found, found.answer));
  }
  const judged = await judgedFile(input, file!);
  return judged.ok ? told(input, judged.value) : failed(judged.failure);
};

interface Judged {
  readonly spec: AnalysisSpec;
  readonly looks: readonly Evidence[];
}

async function judgedFile(input: CommandInput, file: string): Promise<Result<Judged, Failure>> {
  const { io, parts, options } = input;
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return session;
  const gate = canaryGate(session.value, options);
  if (!gate.ok) return gate;
  const series = readSeries(file, io.cwd, options, gate.value.share);
  if (!series.ok) return series;
  const { looks, declared } = series.value;
  return ok({ spec: gate.value.specOf(looks.length, declared), looks });
}

const ENDINGS: Readonly<Record<Answer, Ending>> = {
  pass: { kind: 'yes' },
  fail: { kind: 'blocked' },
  inconclusive: { kind: 'undecided' },
  no_data: { kind: 'undecided' },
};

/** @param before the answer that was recorded; another one now is a defect of the record */
function told({ io, options }: CommandInput, { spec, looks }: Judged, before?: Answer): Ending {
  const verdict = decide(spec, looks);
  if (options['json'] === true) {
    const result = {
      schema: 'nemesis.canary/1',
      ...verdict,
      spec,
      looks: looks.slice(-spec.looks.of),
    };
    io.out(`${JSON.stringify(result, null, 2)}\n`);
  } else io.out(canaryText(verdict, io.columns));
  if (before === undefined || before === verdict.answer) return ENDINGS[verdict.answer];
  const message = `the record says ${before}: it was judged by another version, or altered`;
  return failed({ kind: 'cannot_act', message, help: ['nemesis history:verify'] });
}
