/** `nemesis build:matrix`: the cells of the build matrix as the CI platforms take them. */

import { fail, ok, type Result } from '../../failure.ts';
import { cellsOf, keyOf, type Matrix } from '../../judge/matrix.ts';
import { nearest } from '../../language/index.ts';
import { matrixIn } from '../cell.ts';
import { openSession } from '../session.ts';
import { textOption, type RunCommand } from './command.ts';

export const run: RunCommand = async ({ options, io, parts }) => {
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return { kind: 'failed', failure: session.failure };
  const matrix = matrixIn(session.value.loaded.agents);
  const written = writtenFor(textOption(options, 'for') ?? 'github', matrix);
  if (!written.ok) return { kind: 'failed', failure: written.failure };
  io.out(`${JSON.stringify(written.value)}\n`);
  return { kind: 'yes' };
};

function writtenFor(platform: string, matrix: Matrix): Result<object> {
  const write = PLATFORMS[platform];
  if (write === undefined) {
    const names = Object.keys(PLATFORMS);
    const near = nearest(platform, names);
    const help = near === undefined ? `platforms: ${names.join(', ')}` : `did you mean ${near}?`;
    return fail({ kind: 'usage', message: `no platform is called \`${platform}\``, help: [help] });
  }
  if (matrix.length > 0) return ok(write(matrix));
  const message = 'no gate in force has a build_matrix';
  return fail({ kind: 'usage', message, help: ['see nemesis gates:list'] });
}

const PLATFORMS: Readonly<Record<string, (matrix: Matrix) => object>> = {
  github: forGitHub,
  gitlab: forGitLab,
};

/** For `strategy: { matrix: ${{ fromJSON(…) }} }`: each cell with its name. */
function forGitHub(matrix: Matrix): object {
  return { include: cellsOf(matrix).map((cell) => ({ cell: keyOf(cell), ...cell })) };
}

/** A child pipeline: the job `.nemesis-cell` of the included file, once for each cell. */
function forGitLab(matrix: Matrix): object {
  const axes = Object.fromEntries(
    matrix.map(({ name, values }) => [name.toUpperCase().replaceAll('-', '_'), values]),
  );
  return {
    include: [{ local: '.gitlab/nemesis-cell.yml' }],
    'nemesis-cell': { extends: '.nemesis-cell', parallel: { matrix: [axes] } },
  };
}
