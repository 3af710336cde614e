import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';

import { RelayError } from '../../relay';
import {
  type IPanelStatusProps,
  noticeOf,
  type PanelPhase,
  PanelStatus
} from '../panelStatus';

const trans = nullTranslator.load('sagemaker_governance');
afterEach(cleanup);

describe('noticeOf', () => {
  it.each<[string, boolean, string | null]>([
    ['read_only', true, 'nothing was written'],
    // MLflow's page tries that by itself.
    ['read_only', false, null],
    ['signed_out', false, 'sign in again'],
    ['no_twin', true, null]
  ])('of %s, by a person: %s', (code, isAsked, words) => {
    const error = new RelayError({ code, message: 'm' });
    const notice = noticeOf(error, 'Team', isAsked, trans);
    expect(notice === null).toBe(words === null);
    expect(notice?.text ?? '').toContain(words ?? '');
  });
});

describe('PanelStatus', () => {
  const failed = (code: string): PanelPhase => ({
    kind: 'failed',
    error: new RelayError({ code, message: 'm', connection: 'team' })
  });
  const show = (members: Partial<IPanelStatusProps>) =>
    render(
      <PanelStatus
        phase={{ kind: 'ready' }}
        notice={null}
        wait={null}
        label="Team"
        trans={trans}
        onClose={jest.fn()}
        onReload={jest.fn()}
        onHome={jest.fn()}
        onWait={jest.fn()}
        onTab={null}
        {...members}
      />
    );
  const TAB = { name: 'Open in a browser tab' };

  it.each<[PanelPhase]>([[failed('no_ui_assets')], [{ kind: 'outside' }]])(
    'offers a browser tab, where there is one, for %j',
    phase => {
      const onTab = jest.fn();
      show({ phase, onTab });
      fireEvent.click(screen.getByRole('button', TAB));
      expect(onTab).toHaveBeenCalledTimes(1);
      cleanup();
      show({ phase });
      expect(screen.queryByRole('button', TAB)).toBeNull();
    }
  );

  it('has a notice that can be put away', () => {
    const onClose = jest.fn();
    show({ notice: { kind: 'info', text: 'Refused.' }, onClose });
    expect(screen.getByText('Refused.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(onClose).toHaveBeenCalledTimes(1);
  });
});
