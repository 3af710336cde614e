import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';

import { OpenPagesError } from '../../governance';
import { RelayError } from '../../relay';
import {
  config,
  governanceStatus,
  group,
  sageMakerConnection,
  version
} from '../../testing';
import { CommandIDs } from '../../tokens';
import { rowEntries, runRoute } from '../panel/actions';
import type { IRegistryState } from '../panel/loader';
import type { PanelModel } from '../panel/model';
import type { IPanelSnapshot } from '../panel/snapshot';
import { Panel } from '../panel/panel';
import { buildRow, matches } from '../panel/rows';
import { rowLabel, rowText, searchWords } from '../panel/rowText';

const trans = nullTranslator.load('sagemaker_governance');

function registryState(members: Partial<IRegistryState> = {}): IRegistryState {
  return {
    connection: sageMakerConnection(),
    loading: false,
    groups: [],
    readAt: Date.now(),
    error: null,
    broken: false,
    sharedError: null,
    ...members
  };
}

function show(members: Partial<IPanelSnapshot>) {
  const snapshot: IPanelSnapshot = {
    config: config(),
    error: null,
    mismatch: null,
    registries: [registryState()],
    rows: [],
    counts: { all: 0, mine: 0, starred: 0, attention: 0, waiting: 0 },
    total: 0,
    loading: false,
    updatedAt: Date.now(),
    pendingMore: false,
    governanceError: null,
    view: { filter: 'all', sort: 'name', text: '' },
    selected: null,
    ...members
  };
  const model = {
    subscribe: () => () => undefined,
    getSnapshot: () => snapshot,
    setView: jest.fn(),
    retry: jest.fn(async () => undefined)
  };
  const commands = new CommandRegistry();
  const executed: string[] = [];
  for (const id of [
    CommandIDs.refresh,
    CommandIDs.about,
    CommandIDs.registerModel
  ]) {
    commands.addCommand(id, { execute: () => void executed.push(id) });
  }
  render(
    <Panel
      model={model as unknown as PanelModel}
      commands={commands}
      trans={trans}
    />
  );
  return { model, executed };
}

const denied = Object.assign(
  new Error(
    'User: arn:aws:sts::1:assumed-role/Reader/s is not authorized to perform: sagemaker:Search'
  ),
  { $metadata: { httpStatusCode: 400 } }
);
denied.name = 'AccessDeniedException';

describe('states of the panel', () => {
  it('loading', () => {
    show({ loading: true, registries: [registryState({ loading: true })] });
    expect(
      screen.getByLabelText('Reading model package groups…')
    ).toBeVisible();
  });

  it('empty: says where it looked and what to do', () => {
    const { executed } = show({});
    expect(screen.getByText('No model package groups yet')).toBeVisible();
    expect(screen.getByText(/Own account \(eu-west-1\)/)).toBeVisible();
    fireEvent.click(screen.getByText('Register a model'));
    fireEvent.click(screen.getByText('Check connections'));
    expect(executed).toEqual([CommandIDs.registerModel, CommandIDs.about]);
  });

  it('failed: names the missing right, never an empty list', () => {
    const { executed } = show({
      registries: [registryState({ error: denied, readAt: null })]
    });
    expect(screen.getByRole('alert')).toHaveTextContent('sagemaker:Search');
    expect(screen.queryByText('No model package groups yet')).toBeNull();
    fireEvent.click(screen.getByText('Try again'));
    expect(executed).toEqual([CommandIDs.refresh]);
  });

  it('a console that is down is said once, a refusal of one use case not', () => {
    const row = (error: unknown) =>
      buildRow({
        group: group(),
        latest: null,
        latestError: null,
        me: null,
        status: governanceStatus({
          state: 'could-not-read',
          useCase: null,
          answers: [
            {
              source: 'openpages',
              connection: 'wxgov',
              state: 'failed',
              useCase: null,
              matchedBy: null,
              readAt: null,
              error
            }
          ]
        })
      });
    const down = new RelayError({
      code: 'upstream_unreachable',
      connection: 'wxgov',
      message: 'Refused.'
    });
    const refused = new OpenPagesError({
      connection: 'wxgov',
      reason: 'forbidden',
      message: 'No.'
    });
    const { executed } = show({ rows: [row(down), row(down)], total: 2 });
    expect(screen.getByText('wxgov')).toBeVisible();
    fireEvent.click(screen.getByText('Retry'));
    expect(executed).toEqual([CommandIDs.refresh]);
    cleanup();
    show({ rows: [row(refused)], total: 1 });
    expect(screen.queryByText('wxgov')).toBeNull();
  });

  it('failed alike: one notice for all registries', () => {
    show({
      registries: [
        registryState({ error: denied }),
        registryState({
          error: denied,
          connection: sageMakerConnection({ id: 'claims', label: 'claims' })
        })
      ]
    });
    expect(screen.getByRole('alert')).toHaveTextContent(
      'Own account, claims: Not allowed'
    );
  });

  it('partial: one line for the registry that failed, with its age', () => {
    const { model } = show({
      total: 1,
      rows: [
        buildRow({
          group: group(),
          latest: null,
          latestError: null,
          status: null,
          me: null
        })
      ],
      registries: [
        registryState(),
        registryState({
          connection: sageMakerConnection({ id: 'claims', label: 'claims' }),
          error: new RelayError({ code: 'upstream_timeout', message: 'x' }),
          groups: [group()],
          readAt: Date.now() - 3_600_000
        })
      ]
    });
    expect(screen.getByText(/its 1 group is from 1 hr. ago/)).toBeVisible();
    fireEvent.click(screen.getByText('Retry'));
    expect(model.retry).toHaveBeenCalledWith('claims');
    expect(screen.getByRole('listbox')).toHaveAccessibleName(
      'Model package groups'
    );
  });

  it('server part missing', () => {
    show({
      error: new RelayError({ code: 'not_installed', message: 'x' }),
      config: null,
      registries: []
    });
    expect(screen.getByText('The server part is not running')).toBeVisible();
    expect(screen.queryByRole('searchbox')).toBeNull();
  });

  it('no registry configured', () => {
    show({ registries: [] });
    expect(screen.getByText('No registry is configured')).toBeVisible();
  });

  it('versions that do not fit: a line, the rest works', () => {
    show({
      mismatch: { older: 'browser', message: 'Older.', hint: 'Reload.' }
    });
    expect(screen.getByText(/Older. Reload./)).toBeVisible();
    expect(screen.getByRole('searchbox')).toBeVisible();
  });

  it('configuration that could not be used', () => {
    show({
      config: config({
        problems: [{ connection: 'x', message: 'No region.', hint: 'Add it.' }]
      })
    });
    expect(screen.getByText(/No region./)).toBeVisible();
  });

  it('nothing found', () => {
    const { model } = show({
      total: 40,
      view: { filter: 'all', sort: 'name', text: 'zzz' }
    });
    expect(screen.getByText('Nothing found')).toBeVisible();
    fireEvent.click(screen.getByText('Show all groups'));
    expect(model.setView).toHaveBeenCalledWith({ filter: 'all', text: '' });
  });

  it('filters tell which is on and how many they hold', () => {
    const { model } = show({
      total: 3,
      pendingMore: true,
      counts: { all: 3, mine: 2, starred: 0, attention: 1, waiting: 1 }
    });
    expect(screen.getByRole('button', { name: 'All 3' })).toHaveAttribute(
      'aria-pressed',
      'true'
    );
    fireEvent.click(screen.getByRole('button', { name: 'Waiting for me 1+' }));
    expect(model.setView).toHaveBeenCalledWith({ filter: 'waiting' });
  });
});

describe('rows in words', () => {
  const parts = {
    group: group(),
    latest: version({
      version: 12,
      lifeCycle: { stage: 'Development', status: 'Complete', description: null }
    }),
    latestError: null,
    status: governanceStatus(),
    me: null
  };

  it('holds name, status, version, approval, stage and who has the ball', () => {
    const label = rowLabel(
      buildRow({ ...parts, group: group({ connection: 'claims' }) }),
      trans,
      [
        sageMakerConnection({
          id: 'claims',
          label: 'registry-claims',
          own: false
        })
      ]
    );
    for (const word of [
      'credit-risk-scoring',
      'Approved for development',
      'CREDIT-001',
      'High risk',
      'v12 pending approval',
      'Development / Complete',
      'registry-claims, account 111122223333'
    ]) {
      expect(label).toContain(word);
    }
    expect(rowText(buildRow(parts), trans).waiting).not.toBeNull();
  });

  it.each([
    ['not-linked', 'Not linked'],
    ['no-status', 'No status'],
    ['could-not-read', 'Could not read'],
    ['loading', 'Reading…']
  ] as const)('says state %s', (state, label) => {
    const status = governanceStatus({ state, bucket: null, useCase: null });
    expect(rowText(buildRow({ ...parts, status }), trans).badge).toMatchObject({
      label,
      state
    });
  });

  it('says what was last known, and its age, where nothing can be read', () => {
    const { useCase } = governanceStatus();
    const said = (claim: typeof useCase) =>
      rowText(
        buildRow({
          ...parts,
          status: governanceStatus({
            state: 'could-not-read',
            bucket: null,
            useCase: claim,
            lastKnown: { status: 'Approved', readAt: Date.now() - 7_200_000 }
          })
        }),
        trans
      );
    expect(said(null).useCase).toBe('Last known: Approved, 2 hr ago');
    // The name that a card or a tag gives does not hide it.
    expect(said(useCase).useCase).toMatch(
      /^Last known: Approved, 2 hr ago · CREDIT-001 /
    );
    expect(said(null).badge).toMatchObject({
      state: 'could-not-read',
      bucket: null
    });
  });

  it('tells no version from one that is being read or failed', () => {
    const approvalOf = (latest: null | undefined, latestError: unknown) =>
      rowText(buildRow({ ...parts, latest, latestError }), trans).approval;
    expect(approvalOf(null, null)).toBe('No version yet');
    expect(approvalOf(undefined, null)).toBe('Reading…');
    expect(approvalOf(undefined, denied)).toBe('Not allowed: Search');
  });

  it('can be searched by what they show', () => {
    const words = searchWords(parts.status, parts.latest, trans);
    const row = buildRow({ ...parts, words });
    for (const text of ['for DEVELOPMENT', 'high', 'pending', 'complete']) {
      expect(matches(row, text)).toBe(true);
    }
    expect(matches(row, 'rejected')).toBe(false);
    const unread = governanceStatus({ state: 'could-not-read', useCase: null });
    expect(searchWords(unread, null, trans)).toEqual(['Could not read']);
  });

  it('shows approvals alone without governance', () => {
    const text = rowText(buildRow({ ...parts, status: null }), trans);
    expect(text.badge).toBeNull();
    expect(text.approval).toBe('pending approval');
  });
});

describe('menu of a row', () => {
  it('leads to the run behind a version', () => {
    const latest = version({
      metadata: {
        'mlflow.run_id': 'ab12',
        'mlflow.experiment_id': '7',
        'mlflow.connection': 'mlflow'
      }
    });
    expect(runRoute(latest)).toEqual({
      connection: 'mlflow',
      route: '/experiments/7/runs/ab12'
    });
    expect(runRoute(version())).toBeNull();
  });

  it('offers decisions only on what is pending', () => {
    const commandsOf = (approval: 'Approved' | 'PendingManualApproval') =>
      rowEntries(
        buildRow({
          group: group(),
          latest: version({ approval }),
          latestError: null,
          status: null,
          me: null
        }),
        trans
      ).map(entry => entry?.command);
    expect(commandsOf('PendingManualApproval')).toContain(CommandIDs.decide);
    expect(commandsOf('Approved')).not.toContain(CommandIDs.decide);
  });
});
