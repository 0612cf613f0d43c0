import { describe, expect, it } from 'vitest';
import {
  chooseEnvironment,
  commandFor,
  type Hints,
} from '../../../src/rollout/island/choose-environment.ts';
import type { Known } from '../../../src/rollout/last-good.ts';
import { known } from './releases.ts';

const payProd = known({ root: '/src/pay' });
const payStaging = known({ environment: 'staging', root: '/src/pay' });
const shopProd = known({ service: 'shop', root: '/src/shop' });
const shopLab = known({ service: 'shop', environment: 'lab', root: '/src/shop' });

const hints = (of: Partial<Hints> = {}): Hints => ({
  ...{ service: undefined, environment: undefined, folder: '/home/kim', serviceHere: undefined },
  ...of,
});

const nameOf = ({ service, environment }: Known) => `${service}/${environment}`;

describe('the environment that is meant', () => {
  it.each<[string, readonly Known[], Partial<Hints>, string]>([
    ['the only one there is', [payStaging], {}, 'pay/staging'],
    ['the one production there is', [payStaging, payProd], {}, 'pay/production'],
    ['what was named', [payProd, payStaging], { environment: 'staging' }, 'pay/staging'],
    ['of the service named', [payProd, shopProd, shopLab], { service: 'shop' }, 'shop/production'],
    ['of the project around', [payProd, shopProd], { folder: '/src/shop/lib' }, 'shop/production'],
    [
      'of what a second clone calls itself',
      [payProd, shopProd],
      { serviceHere: 'pay' },
      'pay/production',
    ],
    [
      'what was named, wherever it was asked',
      [payProd, shopProd],
      { folder: '/src/shop', service: 'pay' },
      'pay/production',
    ],
  ])('is %s', (_, all, of, name) => {
    const choice = chooseEnvironment(all, hints(of));
    expect(choice.kind === 'one' && nameOf(choice.known)).toBe(name);
  });

  it('is asked for where two productions are known', () => {
    const choice = chooseEnvironment([payProd, shopProd, shopLab], hints());
    expect(choice.kind === 'which' && choice.among.map(nameOf)).toEqual([
      ...['pay/production', 'shop/production', 'shop/lab'],
    ]);
  });

  it('is none, rather than that of another service', () => {
    expect(chooseEnvironment([payProd], hints({ serviceHere: 'mail' }))).toEqual({ kind: 'none' });
    expect(chooseEnvironment([payProd], hints({ environment: 'lab' }))).toEqual({ kind: 'none' });
    expect(chooseEnvironment([payProd], hints({ folder: '/src/pay-old' })).kind).toBe('one');
  });

  it('is written as words a shell takes as they are', () => {
    expect(commandFor(known({ service: "o'brien" }), '1.8 b')).toBe(
      `nemesis deploy:rollback --immediate '1.8 b' --service 'o'\\''brien' --env production`,
    );
  });
});
