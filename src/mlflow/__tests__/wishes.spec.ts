import { nullTranslator } from '@jupyterlab/translation';

import { Wishes } from '../wishes';

const BASE = 'https://mlflow.invalid/';

describe('Wishes', () => {
  let clicked: string[];

  beforeEach(() => {
    clicked = [];
    Object.defineProperty(navigator, 'userActivation', {
      configurable: true,
      value: { isActive: true }
    });
    jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockImplementation(function (this: HTMLAnchorElement) {
        clicked.push(this.href);
      });
  });

  afterEach(() => jest.restoreAllMocks());

  it.each([
    'get-artifact?path=x/../../../../../../api/contents',
    'get-artifact?path=../../../../logout&run_uuid=1',
    'get-artifact?path=a//b',
    'get-artifact?path=https://evil.example/x',
    'get-artifact?path=a#/../../../../logout'
  ])('downloads %s from its own connection only', async url => {
    const wishes = new Wishes({
      connection: 'risk',
      base: BASE,
      trans: nullTranslator.load('sagemaker_governance'),
      shortcut: () => undefined,
      reload: () => undefined
    });
    await wishes.grant({ kind: 'download', url, name: 'a.txt' });
    expect(clicked).toHaveLength(1);
    const { pathname, search } = new URL(clicked[0]);
    expect(pathname).toMatch(
      /\/sagemaker-governance\/mlflow\/risk\/get-artifact$/
    );
    // The query is MLflow's, byte for byte.
    expect(search).toBe(new URL(url, BASE).search);
  });
});
