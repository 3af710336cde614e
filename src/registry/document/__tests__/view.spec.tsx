import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';

import { RelayError } from '../../../relay';
import { fakeRelay, governanceStatus, group, version } from '../../../testing';
import {
  CommandIDs,
  type IGovernance,
  type IGovernanceStatus,
  type IModelPackage,
  type IModelPackageDetails,
  type IRegistry
} from '../../../tokens';
import { ServicesProvider, type IDocumentServices } from '../context';
import { GroupView } from '../view';
import { GroupDocument } from '../widget';

const GROUP = group();

function detailsOf(v: IModelPackage): IModelPackageDetails {
  return {
    ...v,
    status: 'Completed',
    sourceUri: null,
    containers: [
      {
        image: `image:${v.version}`,
        modelDataUrl: 's3://b/m',
        framework: null,
        frameworkVersion: null
      }
    ],
    supportedContentTypes: [],
    metrics: { AUC: Number(v.metadata['metric.AUC']) },
    run: { connection: 'mlflow', experimentId: '1', runId: `run${v.version}` }
  };
}

const VERSIONS = [12, 11, 10].map(n =>
  version({
    version: n,
    approval:
      n === 12 ? 'PendingManualApproval' : n === 11 ? 'Approved' : 'Rejected',
    metadata: { 'metric.AUC': `0.8${n}` },
    lifeCycle: { stage: 'Development', status: 'Complete', description: null }
  })
);

async function show(
  options: {
    registry?: Partial<IRegistry>;
    versions?: IModelPackage[];
    status?: IGovernanceStatus;
    role?: string;
  } = {}
) {
  const versions = options.versions ?? VERSIONS;
  const relay = fakeRelay({});
  const registry = {
    describeGroup: jest.fn(async () => GROUP),
    listVersions: jest.fn(async () => ({
      items: versions,
      nextToken: null,
      total: null
    })),
    describeVersion: jest.fn(async (_: string, arn: string) => {
      const found = versions.find(v => v.arn === arn);
      if (!found) {
        throw new Error('no such version');
      }
      return detailsOf(found);
    }),
    callerIdentity: jest.fn(async () => ({
      account: '111122223333',
      arn: `arn:aws:sts::111122223333:assumed-role/${options.role ?? 'DataScientist'}/SageMaker`
    })),
    ...options.registry
  };
  Object.assign(registry, { changed: new Signal<unknown, string>(registry) });
  const status = options.status ?? governanceStatus();
  const governance = {
    resolve: jest.fn(async () => new Map([[GROUP.arn, status]])),
    refresh: jest.fn(async () => undefined),
    bucketOf: () => 'other' as const,
    changed: new Signal<object, void>({})
  };
  const commands = new CommandRegistry();
  const executed: [string, unknown][] = [];
  for (const id of Object.values(CommandIDs)) {
    commands.addCommand(id, {
      execute: args => void executed.push([id, args])
    });
  }
  const services: IDocumentServices = {
    relay,
    registry: registry as unknown as IRegistry,
    governance: governance as unknown as IGovernance,
    rendermime: null,
    themes: null,
    commands,
    trans: nullTranslator.load('sagemaker_governance')
  };
  const onReady = jest.fn();
  const client = await relay.queries();
  const view = render(
    <QueryClientProvider client={client}>
      <ServicesProvider value={services}>
        <GroupView connection="own" arn={GROUP.arn} onReady={onReady} />
      </ServicesProvider>
    </QueryClientProvider>
  );
  return { view, registry, governance, client, services, executed, onReady };
}

const region = (name: string | RegExp) => screen.findByRole('region', { name });
const grid = () => screen.findByRole('grid');

describe('group document', () => {
  it('shows the latest version first, and follows the keys', async () => {
    const user = userEvent.setup();
    const { onReady } = await show();
    expect(await screen.findByRole('heading', { level: 2 })).toHaveTextContent(
      'credit-risk-scoring'
    );
    expect(onReady).toHaveBeenCalled();
    await region('v12 · timeline');
    const table = await grid();
    table.focus();
    await user.keyboard('{ArrowDown}');
    await region('v11 · timeline');
    expect(
      within(table).getByRole('row', { selected: true })
    ).toHaveTextContent('v11');
    await user.keyboard('{End}');
    await region('v10 · timeline');
    const active = table.getAttribute('aria-activedescendant') ?? '';
    expect(document.getElementById(active)).toHaveTextContent('v10');
  });

  it('sorts by a metric', async () => {
    const user = userEvent.setup();
    await show();
    const table = await grid();
    await user.click(within(table).getByRole('button', { name: 'AUC' }));
    const header = within(table).getByRole('columnheader', { name: /AUC/ });
    expect(header).toHaveAttribute('aria-sort', 'descending');
    await user.click(within(table).getByRole('button', { name: /AUC/ }));
    expect(header).toHaveAttribute('aria-sort', 'ascending');
    const rows = within(table).getAllByRole('row');
    expect(rows[1]).toHaveTextContent('v10');
  });

  it('offers the next step of a data scientist', async () => {
    const user = userEvent.setup();
    const { executed } = await show();
    await user.click(
      await screen.findByRole('button', { name: 'Request approval' })
    );
    expect(executed).toEqual([
      [
        CommandIDs.requestApproval,
        { connection: 'own', group: GROUP.arn, package: VERSIONS[0].arn }
      ]
    ]);
  });

  it('shows an approver the differences without being asked', async () => {
    const user = userEvent.setup();
    const createdBy = {
      userProfileName: 'ds-107',
      sourceIdentity: null,
      arn: null
    };
    const { executed } = await show({
      role: 'SageMakerGovernanceApprover',
      versions: VERSIONS.map(v => ({ ...v, createdBy }))
    });
    const compare = await region(/v12 against v11/);
    expect(await within(compare).findByText('image:12')).toBeInTheDocument();
    expect(within(compare).getByText('image:11')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Approve…' }));
    expect(executed[0]).toEqual([
      CommandIDs.decide,
      {
        connection: 'own',
        group: GROUP.arn,
        package: VERSIONS[0].arn,
        decision: 'Approved'
      }
    ]);
  });

  it('opens the run behind the version', async () => {
    const user = userEvent.setup();
    const { executed } = await show();
    const [link] = await screen.findAllByRole('button', { name: /run12/ });
    await user.click(link);
    expect(executed[0]).toEqual([
      CommandIDs.openMLflow,
      { connection: 'mlflow', route: '/experiments/1/runs/run12' }
    ]);
  });

  it('says why a status is not known, and what to do', async () => {
    await show({
      status: governanceStatus({
        state: 'could-not-read',
        bucket: null,
        useCase: null,
        source: null,
        lastKnown: { status: 'Approved', readAt: Date.now() - 3_600_000 },
        answers: [
          {
            source: 'openpages',
            connection: 'wxgov',
            state: 'failed',
            useCase: null,
            matchedBy: null,
            readAt: null,
            error: new RelayError({
              code: 'upstream_unreachable',
              message: 'No answer.'
            })
          }
        ]
      })
    });
    const block = await region('Use case');
    expect(
      await within(block).findByText('Could not read')
    ).toBeInTheDocument();
    expect(within(block).getByText('Last known')).toBeInTheDocument();
    expect(within(block).getByText(/could not be read/)).toBeInTheDocument();
    expect(block.querySelector('[data-status="approved"]')).toBeNull();
  });

  it('tells of sources that disagree', async () => {
    await show({ status: governanceStatus({ disagreement: true }) });
    const block = await region('Use case');
    expect(
      await within(block).findByText(/name different use cases/)
    ).toBeInTheDocument();
  });

  it('tries again after a failure', async () => {
    const user = userEvent.setup();
    const describeGroup = jest
      .fn()
      .mockRejectedValueOnce(
        new RelayError({ code: 'upstream_unreachable', message: 'No answer.' })
      )
      .mockResolvedValue(GROUP);
    const { onReady } = await show({ registry: { describeGroup } });
    const alert = await screen.findByRole('alert');
    expect(onReady).toHaveBeenCalled();
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(
      await screen.findByRole('heading', { level: 2 })
    ).toBeInTheDocument();
  });

  it('keeps the table when the facts of a version cannot be read', async () => {
    await show({
      registry: {
        describeVersion: jest
          .fn()
          .mockRejectedValue(
            new RelayError({ code: 'upstream_timeout', message: 'Slow.' })
          )
      }
    });
    expect(await screen.findByRole('alert')).toHaveTextContent('Slow.');
    expect(await grid()).toBeInTheDocument();
    expect(screen.queryByRole('region', { name: 'Model card' })).toBeNull();
  });

  it('reads further pages and says when one fails', async () => {
    const listVersions = jest.fn(async (_: unknown, token?: string) => {
      if (token) {
        throw new RelayError({ code: 'upstream_timeout', message: 'Slow.' });
      }
      return { items: VERSIONS, nextToken: 'more', total: null };
    });
    await show({ registry: { listVersions } });
    expect(
      await screen.findByText(/Not all versions could be read: .*Slow/)
    ).toBeInTheDocument();
    expect(await grid()).toHaveTextContent('v12');
    expect(listVersions).toHaveBeenCalledTimes(2);
  });

  it('says what to do with an empty group', async () => {
    await show({ versions: [] });
    expect(await screen.findByText('No versions yet')).toBeInTheDocument();
    expect(screen.queryByRole('grid')).toBeNull();
  });

  it('reads everything again on refresh', async () => {
    const user = userEvent.setup();
    const { governance, registry } = await show();
    await region('v12 · timeline');
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    expect(governance.refresh).toHaveBeenCalledTimes(1);
    await waitFor(() => expect(registry.listVersions).toHaveBeenCalledTimes(2));
  });

  it('has no accessibility violation', async () => {
    const { view } = await show({ role: 'SageMakerGovernanceApprover' });
    await region('Model card');
    await region('Before approval');
    const { violations } = await axe.run(view.container, {
      rules: {
        'color-contrast': { enabled: false },
        region: { enabled: false }
      }
    });
    expect(violations.map(v => [v.id, v.nodes.map(n => n.html)])).toEqual([]);
  });
});

it('takes metrics from the description where the list has none', async () => {
  const bare = VERSIONS.map(v => ({ ...v, metadata: {}, createdBy: null }));
  const author = {
    userProfileName: 'eco-002',
    sourceIdentity: null,
    arn: null
  };
  await show({
    versions: bare,
    registry: {
      describeVersion: jest.fn(async () => ({
        ...detailsOf(bare[0]),
        createdBy: author,
        metrics: { AUC: 0.77 }
      }))
    }
  });
  const cell = await screen.findAllByText('0.7700');
  expect(cell.length).toBeGreaterThan(0);
  expect(await grid()).toHaveTextContent('eco-002');
});

it('leaves nothing behind after ten openings', async () => {
  const { governance, client, services, view } = await show();
  view.unmount();
  governance.resolve.mockClear();
  for (let i = 0; i < 10; i++) {
    const widget = new GroupDocument({
      args: { connection: 'own', group: GROUP.arn },
      client,
      services
    });
    act(() => Widget.attach(widget, document.body));
    await region('v12 · timeline');
    act(() => widget.dispose());
    expect(document.querySelector('.jp-sg-doc')).toBeNull();
  }
  const observed = client
    .getQueryCache()
    .getAll()
    .filter(query => query.getObserversCount() > 0);
  expect(observed).toEqual([]);
  governance.resolve.mockClear();
  governance.changed.emit();
  expect(governance.resolve).not.toHaveBeenCalled();
});
