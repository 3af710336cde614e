import { Clipboard } from '@jupyterlab/apputils';
import { dismissDialog, waitForDialog } from '@jupyterlab/testing';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from '@testing-library/react';

import { Wishes } from '../wishes';

const BASE = 'https://mlflow.invalid/';

describe('Wishes', () => {
  let clicked: string[];
  let keys: string[];
  let copied: [number, boolean][];
  let beside: string[];

  function make(focused: boolean): Wishes {
    return new Wishes({
      connection: 'risk',
      base: BASE,
      isFocused: () => focused,
      trans: nullTranslator.load('sagemaker_governance'),
      shortcut: keystroke => keys.push(keystroke),
      reload: () => undefined,
      copied: (id, done) => copied.push([id, done]),
      beside: route => beside.push(route)
    });
  }

  beforeEach(() => {
    clicked = [];
    keys = [];
    copied = [];
    beside = [];
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
    const wishes = make(true);
    await wishes.grant({ kind: 'download', url, name: 'a.txt' });
    expect(clicked).toHaveLength(1);
    const { pathname, search } = new URL(clicked[0]);
    expect(pathname).toMatch(
      /\/sagemaker-governance\/mlflow\/risk\/get-artifact$/
    );
    // The query is MLflow's, byte for byte.
    expect(search).toBe(new URL(url, BASE).search);
  });

  it('does nothing unasked while the person works elsewhere in the lab', async () => {
    const copy = jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => undefined);
    const wanted = async (focused: boolean) => {
      const wishes = make(focused);
      await wishes.grant({ kind: 'copy', id: 7, text: 'rm -rf' });
      await wishes.grant({ kind: 'key', keystroke: 'Ctrl Shift Q' });
    };
    await wanted(false);
    expect(copy).not.toHaveBeenCalled();
    expect(keys).toEqual([]);
    await wanted(true);
    expect(copy).toHaveBeenCalledWith('rm -rf');
    // The browser's word: here nothing was copied.
    expect(copied).toEqual([
      [7, false],
      [7, false]
    ]);
    expect(keys).toEqual(['Ctrl Shift Q']);
    const asked = make(false).grant({
      kind: 'download',
      url: 'get-artifact?path=a',
      name: 'a.txt'
    });
    await waitForDialog();
    await act(() => dismissDialog());
    await asked;
    expect(clicked).toEqual([]);
  });

  it('opens a page of MLflow beside this one after an act only', async () => {
    const url = `${BASE}#/experiments/1`;
    await make(false).grant({ kind: 'open', url });
    expect(beside).toEqual([]);
    await make(true).grant({ kind: 'open', url });
    expect(beside).toEqual(['/experiments/1']);
    expect(clicked).toEqual([]);
  });
});
