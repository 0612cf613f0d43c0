/** The build matrix of a gate file, and what a configuration changes in it. */

import type { Agent } from '../judge/agent.ts';
import type { Matrix, MatrixAxis } from '../judge/matrix.ts';
import { nearest } from '../language/index.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import type { Layer } from './layers.ts';
import type { Document, Step } from './yaml.ts';

/** More than any platform starts at once. */
const MOST_CELLS = 200;

const VALUE = /^[\w][\w.-]{0,63}$/;

type Complain = (path: readonly Step[], message: string, help: string) => void;

export function matrixOf(
  document: Document,
  { build_matrix: written }: GateFile,
  diagnostics: Diagnostic[],
): Matrix | undefined {
  if (written === undefined) return undefined;
  const complain: Complain = (path, message, help) => {
    diagnostics.push(at(document.spot(['build_matrix', ...path]), message, [help]));
  };
  const axes: MatrixAxis[] = [];
  for (const [index, entry] of written.environments.entries()) {
    for (const [name, values] of Object.entries(entry)) {
      const path = ['environments', index, name];
      checkValues(path, values, complain);
      if (axes.some((axis) => axis.name === name)) {
        complain(path, `${name} stands twice`, 'write all its values in one list');
      }
      axes.push({ name, values });
    }
  }
  checkSize(axes, complain);
  return axes;
}

function checkValues(path: readonly Step[], values: readonly string[], complain: Complain): void {
  for (const [index, value] of values.entries()) {
    if (values.indexOf(value) !== index)
      complain([...path, index], `${value} stands twice`, 'remove one');
    else if (!VALUE.test(value)) {
      complain(
        [...path, index],
        `\`${value}\` cannot be a value`,
        'use letters, digits, `.`, `_` and `-`',
      );
    }
  }
}

function checkSize(axes: Matrix, complain: Complain): void {
  const cells = axes.reduce((product, { values }) => product * values.length, 1);
  if (cells <= MOST_CELLS) return;
  complain([], `this matrix has ${cells} cells, more than ${MOST_CELLS}`, 'leave some values out');
}

/** The matrix in force: that of the gates, with the axes the configuration writes anew. */
export function withMatrix(
  agents: readonly Agent[],
  { data, document }: Layer,
  diagnostics: Diagnostic[],
): readonly Agent[] {
  const changes = Object.entries(data.matrix ?? {});
  if (changes.length === 0) return agents;
  const names = agents.flatMap(({ matrix = [] }) => matrix.map(({ name }) => name));
  for (const [name, values] of changes) {
    const complain: Complain = (path, message, help) => {
      diagnostics.push(at(document!.spot(['matrix', ...path]), message, [help]));
    };
    checkValues([name], values, complain);
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    const help = near === undefined ? `its axes are: ${names.join(', ')}` : `write ${near}`;
    diagnostics.push(
      at(document!.keySpot(['matrix', name]), `no gate has an axis \`${name}\``, [help]),
    );
  }
  const changed = new Map(changes);
  return agents.map((agent) =>
    agent.matrix === undefined
      ? agent
      : {
          ...agent,
          matrix: agent.matrix
            .map(({ name, values }) => ({ name, values: changed.get(name) ?? values }))
            .filter(({ values }) => values.length > 0),
        },
  );
}
