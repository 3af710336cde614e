import { nullTranslator } from '@jupyterlab/translation';
import { PromiseDelegate } from '@lumino/coreutils';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { addSection } from '../panel/content';
import { GovernancePanel } from '../panel/widget';

const trans = nullTranslator.load('test');

describe('GovernancePanel', () => {
  const open = () => {
    const loaded = new PromiseDelegate<void>();
    const focus = jest.fn();
    const panel = new GovernancePanel(trans, async () => {
      await loaded.promise;
      return {
        widget: new Widget(),
        refresh: () => Promise.resolve(),
        setView: () => undefined,
        addSection: (layout, load) => addSection(layout, load, trans),
        focus,
        dispose: () => undefined
      };
    });
    Widget.attach(panel, document.body);
    MessageLoop.sendMessage(panel, Widget.Msg.ActivateRequest);
    const arrive = async (): Promise<void> => {
      loaded.resolve();
      await new Promise(done => setTimeout(done));
    };
    return { panel, focus, arrive };
  };

  it('takes the focus when its content has loaded', async () => {
    const { panel, focus, arrive } = open();
    await arrive();
    expect(focus).toHaveBeenCalledTimes(1);
    panel.dispose();
  });

  it('has sections below, loaded when it is first shown', async () => {
    const { panel, arrive } = open();
    const made: string[] = [];
    const section = (id: string) => async () => {
      made.push(id);
      const widget = new Widget();
      widget.id = id;
      return widget;
    };
    panel.addSection(section('early'));
    expect(made).toEqual([]);
    await arrive();
    panel.addSection(section('late'));
    await new Promise(done => setTimeout(done));
    expect(made).toEqual(['early', 'late']);
    expect(Array.from(panel.children(), ({ id }) => id).slice(1)).toEqual([
      'early',
      'late'
    ]);
    panel.dispose();
  });

  it('leaves the focus in the field that was chosen meanwhile', async () => {
    const field = document.createElement('input');
    document.body.append(field);
    const { panel, focus, arrive } = open();
    field.focus();
    await arrive();
    expect(focus).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(field);
    field.remove();
    panel.dispose();
  });

  it('says that a section did not load, and tries again', async () => {
    const { panel, arrive } = open();
    let tries = 0;
    panel.addSection(async () => {
      if (++tries === 1) {
        throw new Error('chunk 7');
      }
      return new Widget();
    });
    await arrive();
    const notice = await screen.findByRole('status');
    expect(notice).toHaveTextContent('chunk 7');
    fireEvent.click(within(notice).getByText('Try again'));
    await waitFor(() => expect(screen.queryByRole('status')).toBeNull());
    expect(Array.from(panel.children())).toHaveLength(2);
    panel.dispose();
  });
});
