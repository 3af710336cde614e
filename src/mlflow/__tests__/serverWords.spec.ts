import { nullTranslator } from '@jupyterlab/translation';

import { mlflowConnection } from '../../testing';
import type { IMLflowServer, ServerState } from '../servers';
import {
  kindText,
  serverMarks,
  serverText,
  skewText,
  stateText
} from '../serverWords';
import { server } from './helpers';

const trans = nullTranslator.load('sagemaker_governance');

describe('words of servers', () => {
  it('has one for each kind', () => {
    const kinds = ['self-hosted', 'api-gateway', 'tracking-server', 'app'];
    const words = kinds.map(kind =>
      kindText({ server: kind as IMLflowServer['server'] }, trans)
    );
    expect(new Set(words).size).toBe(kinds.length);
  });

  it.each<[ServerState | null, boolean]>([
    ['stopped', true],
    ['starting', true],
    ['stopping', true],
    ['creating', true],
    ['updating', true],
    ['deleting', true],
    ['failed', true],
    ['running', false],
    ['unknown', false],
    [null, false]
  ])('says state %s: %s', (state, said) => {
    expect(stateText(state, trans) !== null).toBe(said);
  });

  it.each<[Partial<IMLflowServer>, string, boolean]>([
    [{}, 'SageMaker tracking server', true],
    [{}, '111122223333 · eu-west-1 · MLflow 3.0.0', true],
    [{}, 'shown by', false],
    [{ shown: { version: '3.4.0', skew: 'minor' } }, 'shown by 3.4.0', true],
    [{ shown: null }, 'no MLflow is installed', true],
    [{ shown: null, assets: 'upstream' }, 'no MLflow is installed', false],
    [{ shown: null, ui: 'tab' }, 'no MLflow is installed', false],
    // Its name is its label: not said twice.
    [{ label: 'team' }, 'team ·', false],
    [{ label: 'Experiments' }, 'team ·', true]
  ])('of %j: “%s” %s', (members, words, said) => {
    expect(serverText(server(members), trans).includes(words)).toBe(said);
  });

  it.each<[Partial<IMLflowServer>, string[]]>([
    [{}, []],
    [{ readOnly: true }, ['read only']],
    [{ state: 'stopped', ui: 'tab' }, ['stopped', 'opens in a browser tab']]
  ])('marks %j by %j', (members, marks) => {
    expect(serverMarks(server(members), trans)).toEqual(marks);
  });

  it('knows of a configured connection what its kind is', () => {
    expect(serverText(mlflowConnection({ id: 'ml' }), trans)).toBe(
      'ml · self-hosted'
    );
    expect(serverMarks(mlflowConnection({ readOnly: true }), trans)).toEqual([
      'read only'
    ]);
  });

  it.each<[IMLflowServer['shown'], string | null, string[]]>([
    [null, null, []],
    [{ version: '3.0.0', skew: 'none' }, null, []],
    [{ version: '3.0.1', skew: 'patch' }, null, []],
    [{ version: '3.4.0', skew: 'minor' }, 'info', ['3.4.0', '3.0.0']],
    [{ version: '2.22.0', skew: 'major' }, 'warning', ['2.22.0', 'may fail']],
    [{ version: '3.4.0', skew: 'unknown' }, 'info', ['3.4.0', 'not known']]
  ])('of the pages %j are %s', (shown, kind, words) => {
    const skew = skewText(server({ shown }), trans);
    expect(skew?.kind ?? null).toBe(kind);
    expect(skew?.version ?? shown?.version).toBe(shown?.version);
    words.forEach(word => expect(skew?.text).toContain(word));
  });
});
