import { nullTranslator } from '@jupyterlab/translation';
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen
} from '@testing-library/react';

import { RelayError } from '../../relay';
import { type Answer, fakeRelay, mlflowConnection } from '../../testing';
import type { IMLflowConnection } from '../../tokens';
import { FormModel } from '../../ui/formModel';
import { chooserForm } from '../chooser';
import { server, stopped } from './helpers';

const trans = nullTranslator.load('sagemaker_governance');
const CONFIGURED = mlflowConnection({ id: 'own-one', label: 'Own' });
const OWN = server({
  ...CONFIGURED,
  status: null,
  state: null,
  version: null,
  shown: null
});
const NOTE = {
  connection: 'markets',
  operation: 'ListMlflowApps',
  code: 'denied',
  message: 'Markets: MLflow servers cannot be listed.',
  hint: 'Ask an administrator.'
};

afterEach(cleanup);

async function show(
  answer: Answer,
  options: { configured?: IMLflowConnection[]; preferred?: string } = {}
) {
  const relay = fakeRelay({ 'mlflow-servers': answer });
  const form = chooserForm({
    relay,
    trans,
    configured: options.configured ?? [CONFIGURED],
    preferred: options.preferred ?? ''
  });
  const model = new FormModel(form);
  await model.load();
  const { Body } = form;
  const View = () =>
    model.context && model.value ? (
      <Body
        context={model.context}
        value={model.value}
        set={patch => model.set(patch)}
        errors={model.errors}
        errorOf={() => undefined}
        busy={false}
        reload={() => undefined}
        trans={trans}
      />
    ) : null;
  const view = render(<View />);
  model.changed.connect(() => view.rerender(<View />));
  const settle = () =>
    act(async () => new Promise(done => setTimeout(done, 20)));
  const names = () =>
    screen
      .queryAllByRole('radio')
      .map(radio => radio.closest('label')?.querySelector('bdi')?.textContent);
  return { relay, model, settle, names };
}

describe('chooserForm', () => {
  it('shows what is configured at once, and what is found when it comes', async () => {
    let tell: (answer: Answer) => void = () => undefined;
    const { names, settle } = await show(
      () => new Promise<Answer>(resolve => (tell = resolve))
    );
    await settle();
    expect(names()).toEqual(['Own']);
    expect(document.body.textContent).toContain('Looking for servers');
    tell({ servers: [OWN, stopped()], notes: [] });
    await settle();
    expect(names()).toEqual(['Own', 'Team']);
    expect(document.body.textContent).not.toContain('Looking for servers');
    expect(document.body.textContent).toContain('stopped');
  });

  it('gives what was chosen', async () => {
    const { model, settle } = await show({
      servers: [OWN, server()],
      notes: []
    });
    await settle();
    expect(model.ready).toBe(false);
    fireEvent.click(screen.getAllByRole('radio')[1]);
    fireEvent.click(screen.getByRole('checkbox'));
    expect(model.ready).toBe(true);
    expect(await model.submit()).toBe(true);
    expect(model.result).toEqual({ connection: server(), remember: true });
  });

  it.each([
    ['configured', 'own-one'],
    ['found', 'team']
  ])('begins with a preferred server that is %s', async (_, preferred) => {
    const { model, settle } = await show(
      { servers: [OWN, server()], notes: [] },
      { preferred }
    );
    await settle();
    expect(model.value?.chosen?.id).toBe(preferred);
  });

  it('searches many, and keeps what is chosen in sight', async () => {
    const many = Array.from({ length: 9 }, (_, i) =>
      (i % 2 ? server : stopped)({ id: `s${i}`, name: `s${i}`, label: `S${i}` })
    );
    const { names, settle } = await show({ servers: many, notes: [] });
    await settle();
    expect(names()).toHaveLength(9);
    fireEvent.click(screen.getAllByRole('radio')[1]);
    fireEvent.change(screen.getByRole('searchbox'), {
      target: { value: 'S STOPPED' }
    });
    await act(async () => new Promise(done => setTimeout(done, 150)));
    expect(names()).toEqual(['S0', 'S1', 'S2', 'S4', 'S6', 'S8']);
    expect(screen.getByText('6 of 9')).toBeTruthy();
  });

  it('asks SageMaker again for one that was made meanwhile', async () => {
    const answers: Answer[] = [
      { servers: [OWN], notes: [] },
      { servers: [OWN, server()], notes: [] }
    ];
    const { relay, names, settle } = await show(
      () => answers.shift() ?? { servers: [], notes: [] }
    );
    const again = screen.getByRole('button', { name: 'Search again' });
    expect(again.getAttribute('aria-disabled')).toBe('true');
    again.focus();
    await settle();
    expect(names()).toEqual(['Own']);
    fireEvent.click(again);
    // One search at a time.
    fireEvent.click(again);
    await settle();
    expect(names()).toEqual(['Own', 'Team']);
    expect(relay.callsOf('mlflow-servers')).toHaveLength(2);
    expect(document.activeElement).toBe(again);
  });

  it('needs no search for a few', async () => {
    const { settle } = await show({ servers: [OWN, server()], notes: [] });
    await settle();
    expect(screen.queryByRole('searchbox')).toBeNull();
  });

  it('says what could not be searched as a note', async () => {
    const { settle } = await show({ servers: [OWN], notes: [NOTE] });
    await settle();
    expect(screen.queryByRole('alert')).toBeNull();
    const notes = document.querySelector('.jp-sg-mlflow-notes');
    expect(notes?.textContent).toContain('There may be more: 1 search');
    expect(notes?.textContent).toContain(NOTE.message);
  });

  it('keeps what is configured when the search fails, and searches again', async () => {
    const { relay, names, settle } = await show(
      new RelayError({ code: 'bad_request', message: 'No listing.' })
    );
    await settle();
    expect(names()).toEqual(['Own']);
    expect(document.body.textContent).toContain('No listing.');
    relay.table['mlflow-servers'] = { servers: [OWN, server()], notes: [] };
    fireEvent.click(screen.getByRole('button', { name: 'Search again' }));
    await settle();
    expect(names()).toEqual(['Own', 'Team']);
    expect(relay.calls.pop()?.path).toBe('mlflow-servers?fresh');
  });

  it.each<[string, IMLflowConnection[], string]>([
    ['there is none', [], 'none was found in SageMaker'],
    [
      'pages are switched off',
      [server({ ui: 'none' })],
      'switched MLflow’s pages off'
    ]
  ])('says so where %s', async (_, servers, words) => {
    const { settle, names } = await show(
      { servers, notes: [] },
      { configured: [] }
    );
    await settle();
    expect(names()).toEqual([]);
    expect(document.body.textContent).toContain(words);
  });
});
