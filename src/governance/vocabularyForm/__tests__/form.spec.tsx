import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { JSONValue } from '@lumino/coreutils';
import { act, fireEvent, render, screen, within } from '@testing-library/react';

import {
  config,
  governance,
  openPagesConnection,
  sageMakerConnection
} from '../../../testing';
import { VOCABULARY } from '../../defaults';
import type { IVocabularyRule } from '../../vocabulary';
import { VocabularyModel } from '../model';
import { VocabularyView } from '../view';

const trans = nullTranslator.load('sagemaker_governance');

const RULES: IVocabularyRule[] = [
  { bucket: 'pending', pattern: 'await' },
  { bucket: 'approved', pattern: '^approved' }
];

/** The setting, as the registry of settings has it. */
function fakeSettings(rules: readonly IVocabularyRule[] = RULES) {
  const settings = {
    user: rules as readonly IVocabularyRule[] | undefined,
    failure: null as Error | null,
    changed: new Signal<unknown, void>({}),
    get composite() {
      return {
        vocabulary: (settings.user ?? VOCABULARY) as unknown as JSONValue
      };
    },
    default: () => VOCABULARY as unknown as JSONValue,
    set: async (_: string, value: unknown) => {
      if (settings.failure) {
        throw settings.failure;
      }
      settings.user = value as IVocabularyRule[];
      settings.changed.emit();
    },
    remove: async () => {
      settings.user = undefined;
      settings.changed.emit();
    }
  };
  return settings;
}

function memory() {
  const kept = new Map<string, JSONValue>();
  return {
    kept,
    fetch: async (key: string) => kept.get(key),
    save: async (key: string, value: unknown) => {
      kept.set(key, value as JSONValue);
    },
    remove: async (key: string) => {
      kept.delete(key);
    }
  };
}

const made: VocabularyModel[] = [];

function make(
  settings = fakeSettings(),
  options: Partial<VocabularyModel.IOptions> = {}
): VocabularyModel {
  const model = new VocabularyModel({
    settings: settings as unknown as VocabularyModel.IOptions['settings'],
    governance: governance({
      statusWords: () =>
        new Map([
          ['Approved', 4],
          ['Awaiting approval', 2],
          ['Parked', 1]
        ])
    }),
    relay: {
      config: async () =>
        config({ connections: [sageMakerConnection(), openPagesConnection()] })
    },
    state: memory(),
    listed: new Map([['wxgov', ['Approved', 'Frozen']]]),
    ...options
  });
  made.push(model);
  return model;
}

afterEach(() => {
  made.splice(0).forEach(model => model.dispose());
});

const patterns = (model: VocabularyModel): string[] =>
  model.snapshot.lines.map(({ pattern }) => pattern);

describe('the model', () => {
  it('saves the setting, and gives it up where it says what the defaults say', async () => {
    const settings = fakeSettings();
    const model = make(settings);
    model.change(model.snapshot.lines[0].key, { bucket: 'progress' });
    expect(model.snapshot.canSave).toBe(true);
    expect(await model.save()).toBe(true);
    expect(settings.user).toEqual([
      { bucket: 'progress', pattern: 'await' },
      RULES[1]
    ]);
    expect(model.snapshot.dirty).toBe(false);
    model.reset();
    await model.save();
    expect(settings.user).toBeUndefined();
  });

  it('does not save a line that cannot be used', async () => {
    const settings = fakeSettings();
    const model = make(settings);
    model.add();
    expect(model.snapshot.canSave).toBe(false);
    expect(await model.save()).toBe(false);
    expect(settings.user).toBe(RULES);
  });

  it('keeps the lines when saving fails', async () => {
    const settings = fakeSettings();
    const model = make(settings);
    settings.failure = new Error('disk full');
    model.remove(model.snapshot.lines[0].key);
    expect(await model.save()).toBe(false);
    expect(model.snapshot.saveError).toBe(settings.failure);
    expect(patterns(model)).toEqual(['^approved']);
    expect(model.snapshot.dirty).toBe(true);
  });

  it('takes steps back, typing as one', () => {
    const model = make();
    const [first, second] = model.snapshot.lines;
    for (const pattern of ['a', 'ab', 'abc']) {
      model.change(first.key, { pattern });
    }
    model.move(second.key, -1);
    model.remove(first.key);
    model.reset();
    expect(model.snapshot.isDefault).toBe(true);
    model.undo();
    expect(patterns(model)).toEqual(['^approved']);
    model.undo();
    model.undo();
    expect(patterns(model)).toEqual(['abc', '^approved']);
    model.undo();
    expect(patterns(model)).toEqual(['await', '^approved']);
    expect(model.snapshot.canUndo).toBe(false);
  });

  it('keeps a draft until it is saved or discarded', async () => {
    const settings = fakeSettings();
    const state = memory();
    const first = make(settings, { state });
    first.remove(first.snapshot.lines[0].key);
    first.dispose();
    const second = make(settings, { state });
    await second.start();
    expect(second.snapshot.restored).toBe(true);
    expect(patterns(second)).toEqual(['^approved']);
    second.discard();
    expect(state.kept.size).toBe(0);
    expect(patterns(second)).toEqual(['await', '^approved']);
  });

  it('follows the settings page, unless lines are being edited', async () => {
    const settings = fakeSettings();
    const model = make(settings);
    await settings.set('vocabulary', [RULES[1]]);
    expect(patterns(model)).toEqual(['^approved']);
    model.change(model.snapshot.lines[0].key, { pattern: 'mine' });
    await settings.set('vocabulary', RULES);
    expect(patterns(model)).toEqual(['mine']);
    expect(model.snapshot.overtaken).toBe(true);
    model.discard();
    expect(patterns(model)).toEqual(['await', '^approved']);
  });

  it('tells which console could not be read', async () => {
    const error = new Error('down');
    const model = make(fakeSettings(), {
      governance: governance({ useCases: () => Promise.reject(error) })
    });
    await model.start();
    expect(model.snapshot.failures).toEqual([
      { connection: 'wxgov', label: 'watsonx.governance', error }
    ]);
    expect(model.snapshot.reading).toBe(false);
  });

  it('shows words of the consoles, of their lists, and the one asked for', () => {
    const model = make();
    model.mark('On fire');
    expect(model.snapshot.rows.map(({ word, count }) => [word, count])).toEqual(
      [
        ['Approved', 4],
        ['Awaiting approval', 2],
        ['Parked', 1],
        ['Frozen', 0],
        ['On fire', 0]
      ]
    );
  });
});

describe('the form', () => {
  function show(settings = fakeSettings()) {
    const model = make(settings);
    render(<VocabularyView model={model} trans={trans} />);
    return model;
  }

  it('moves a line by keyboard, the focus with it', () => {
    const model = show();
    const input = screen.getByLabelText('Pattern of line 2');
    input.focus();
    fireEvent.keyDown(input, { key: 'ArrowUp', altKey: true });
    expect(patterns(model)).toEqual(['^approved', 'await']);
    expect(screen.getByLabelText('Pattern of line 1')).toHaveFocus();
    expect(screen.getByText('Line moved to place 1 of 2.')).toBeInTheDocument();
  });

  it('puts the error beside its line and keeps from saving', () => {
    show();
    const input = screen.getByLabelText('Pattern of line 1');
    fireEvent.change(input, { target: { value: '(' } });
    expect(input).toHaveAttribute('aria-invalid', 'true');
    const line = input.closest('li')!;
    expect(within(line).getByRole('alert')).toHaveTextContent(
      /no regular expression/
    );
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
  });

  it('shows at once what a change does to the words', () => {
    show();
    const known = screen.getByRole('list', { name: 'Words that a line knows' });
    fireEvent.change(screen.getByLabelText('Meaning of line 1'), {
      target: { value: 'rejected' }
    });
    const row = within(known).getByText('Awaiting approval').closest('li')!;
    expect(row).toHaveAttribute('data-changed', 'true');
    expect(row).toHaveTextContent('so far: Waiting for a decision');
    expect(row).toHaveTextContent('line 1');
  });

  it('asks before words turn green that say otherwise', async () => {
    const settings = fakeSettings();
    show(settings);
    fireEvent.change(screen.getByLabelText('Meaning of line 1'), {
      target: { value: 'approved' }
    });
    expect(
      screen.getAllByText(/“Awaiting approval” would be shown as approved/)
    ).toHaveLength(1);
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('Show these as approved?');
    await act(async () => {
      fireEvent.click(screen.getByText('Go on editing'));
    });
    expect(screen.queryByText('Show these as approved?')).toBeNull();
    expect(settings.user).toBe(RULES);
  });

  it('tries a word', () => {
    show();
    fireEvent.change(screen.getByLabelText('Try a word'), {
      target: { value: 'Approved at last' }
    });
    const verdict = document.querySelector('.jp-sg-vocabulary-verdict');
    expect(verdict).toHaveTextContent('Approvedline 2');
    fireEvent.change(screen.getByLabelText('Try a word'), {
      target: { value: 'xyz' }
    });
    expect(verdict).toHaveTextContent('Unknown wordno line fits');
  });

  it('adds a line for a word that no line knows, asking what it means', () => {
    const model = show();
    fireEvent.click(
      screen.getByRole('button', { name: 'Add a line for “Frozen”' })
    );
    expect(model.snapshot.lines[0]).toMatchObject({
      bucket: 'other',
      pattern: '^frozen$'
    });
    const meaning = screen.getByLabelText('Meaning of line 1');
    expect(meaning).toHaveFocus();
    fireEvent.change(meaning, { target: { value: 'retired' } });
    expect(
      model.snapshot.rows.find(({ word }) => word === 'Frozen')
    ).toMatchObject({ changed: true, now: { bucket: 'retired', line: 0 } });
  });

  it('takes a pattern of one line', () => {
    const model = show();
    fireEvent.change(screen.getByLabelText('Pattern of line 1'), {
      target: { value: 'await\nxyz' }
    });
    expect(patterns(model)[0]).toBe('awaitxyz');
  });

  it('adds a line where it counts, with the focus in it', () => {
    const model = show();
    fireEvent.click(screen.getByRole('button', { name: 'Add a line' }));
    expect(patterns(model)[0]).toBe('');
    expect(screen.getByLabelText('Pattern of line 1')).toHaveFocus();
  });
});
