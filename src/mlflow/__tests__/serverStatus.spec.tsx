import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';

import { RelayError } from '../../relay';
import type { IMLflowServer } from '../servers';
import { Outside, ServerStatus } from '../serverStatus';
import type { WaitPhase } from '../serverWait';
import { server, stopped } from './helpers';

const trans = nullTranslator.load('sagemaker_governance');
afterEach(cleanup);

function show(one: IMLflowServer, phase: WaitPhase = { kind: 'idle' }) {
  const done: string[] = [];
  render(
    <ServerStatus
      server={one}
      phase={phase}
      trans={trans}
      onStart={() => done.push('start')}
      onWait={() => done.push('wait')}
      onCancel={() => done.push('cancel')}
      onLook={() => done.push('look')}
    />
  );
  return {
    done,
    labels: screen
      .queryAllByRole('button')
      .map(({ textContent }) => textContent)
  };
}

const waiting = (error: unknown = null): WaitPhase => ({
  kind: 'waiting',
  since: Date.UTC(2026, 10, 21, 9, 30),
  error
});
const refused: WaitPhase = {
  kind: 'refused',
  error: new RelayError({
    code: 'upstream_forbidden',
    message: 'sagemaker:StartMlflowTrackingServer is not allowed.'
  })
};

describe('ServerStatus', () => {
  it.each<[string, IMLflowServer, WaitPhase, string[], string]>([
    [
      'stopped',
      stopped(),
      { kind: 'idle' },
      ['Start the server', 'Look again'],
      'costs money'
    ],
    [
      'stopped, not by us to start',
      stopped({ startable: false }),
      { kind: 'idle' },
      ['Look again'],
      'Ask its owner'
    ],
    [
      'stopped again',
      stopped(),
      { kind: 'ended' },
      ['Start the server', 'Look again'],
      'has stopped again'
    ],
    [
      'refused to start',
      stopped({ startable: false }),
      refused,
      ['Copy details', 'Look again'],
      'sagemaker:StartMlflowTrackingServer'
    ],
    [
      'failed',
      server({ state: 'failed', status: 'StartFailed' }),
      { kind: 'idle' },
      ['Look again'],
      'StartFailed'
    ],
    [
      'gone',
      server({ state: 'deleting', status: null }),
      { kind: 'ended' },
      ['Look again'],
      'deleted'
    ],
    [
      'starting, and nobody waits',
      server({ state: 'starting' }),
      { kind: 'idle' },
      ['Wait for it', 'Look again'],
      'Team is being started'
    ],
    ['asked for', stopped(), { kind: 'asking' }, [], 'Asking SageMaker'],
    [
      'waited for',
      server({ state: 'starting' }),
      waiting(),
      ['Stop waiting'],
      'opens here as soon as it runs'
    ],
    [
      'waited for, and not read',
      server({ state: 'starting' }),
      waiting(new RelayError({ code: 'network', message: 'gone' })),
      ['Stop waiting'],
      'could not be read just now'
    ]
  ])('of a server that is %s', (_, one, phase, buttons, words) => {
    const { labels } = show(one, phase);
    expect(labels).toEqual(buttons);
    expect(document.body.textContent).toContain(words);
  });

  it.each([
    ['Start the server', stopped(), { kind: 'idle' }, 'start'],
    ['Look again', stopped(), { kind: 'idle' }, 'look'],
    ['Wait for it', server({ state: 'creating' }), { kind: 'idle' }, 'wait'],
    ['Stop waiting', server({ state: 'starting' }), waiting(), 'cancel']
  ] as [string, IMLflowServer, WaitPhase, string][])(
    'does what %s says',
    (name, one, phase, what) => {
      const { done } = show(one, phase);
      fireEvent.click(screen.getByRole('button', { name }));
      expect(done).toEqual([what]);
    }
  );
});

it('Outside opens on a click only', () => {
  const open = jest.fn();
  render(<Outside label="Team" trans={trans} onOpen={open} />);
  expect(open).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button'));
  expect(open).toHaveBeenCalledTimes(1);
});
