import { nullTranslator } from '@jupyterlab/translation';
import { PromiseDelegate } from '@lumino/coreutils';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { GovernancePanel } from '../panel/widget';

describe('GovernancePanel', () => {
  const open = () => {
    const loaded = new PromiseDelegate<void>();
    const focus = jest.fn();
    const panel = new GovernancePanel(nullTranslator.load('test'), async () => {
      await loaded.promise;
      return {
        widget: new Widget(),
        refresh: () => Promise.resolve(),
        focus,
        setView: () => undefined,
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
});
