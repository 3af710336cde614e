import { act, fireEvent, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  config,
  governanceStatus,
  group,
  groupArn,
  mlflowConnection,
  sageMakerConnection,
  useCase as aUseCase,
  version,
  versionArn
} from '../../testing';
import type {
  IGovernance,
  IGovernanceStatus,
  IMLflow,
  IModelPackageDetails,
  IModelPackageGroup,
  IRegisterArgs,
  IRegistry,
  IRelay
} from '../../tokens';
import { clearDrafts, FormDialog } from '../../ui/formDialog';
import { registerArgs } from '../act';
import { registerForm } from '../dialog/form';
import { findChoices, readChoices } from '../groups';
import type { IRegisterServices } from '../services';
import { DEFAULTS, parseSettings } from '../settings';
import { model, run, trans } from './helpers';

const governed = group();
const loose = group({ name: 'churn-retail' });

const latest: IModelPackageDetails = {
  ...version({ version: 12 }),
  status: 'Completed',
  sourceUri: null,
  containers: [
    {
      image: 'registry.example/sklearn:1.4',
      modelDataUrl: 's3://old/',
      framework: 'SKLEARN',
      frameworkVersion: '1.4'
    }
  ],
  supportedContentTypes: ['text/csv'],
  metrics: {},
  run: null
};

interface ICall {
  name: 'createGroup' | 'createVersion';
  connection: string;
  input: Record<string, unknown>;
}

function world(
  members: {
    mlflow?: Partial<IMLflow> | null;
    fail?: (Error | null)[];
    groups?: IModelPackageGroup[];
    whenNotApproved?: 'warn' | 'block' | 'allow';
    /** Status of the group that is not linked otherwise. */
    status?: () => IGovernanceStatus;
  } = {}
): { services: IRegisterServices; calls: ICall[] } {
  const calls: ICall[] = [];
  const fail = [...(members.fail ?? [])];
  const registry: Partial<IRegistry> = {
    listGroups: async () => ({
      items: members.groups ?? [loose, governed],
      nextToken: null,
      total: null
    }),
    listSharedGroups: async () => ({ items: [], nextToken: null, total: 0 }),
    describeGroup: async (_, arn) => {
      const found = [loose, governed].find(g => g.arn === arn);
      if (!found) {
        throw new Error(`no ${arn}`);
      }
      return found;
    },
    latestVersion: async ({ arn }) => (arn === governed.arn ? latest : null),
    describeVersion: async () => latest,
    createGroup: async (connection, input) => {
      calls.push({ name: 'createGroup', connection, input });
      return { arn: groupArn(String(input.ModelPackageGroupName)) };
    },
    createVersion: async (connection, input) => {
      calls.push({ name: 'createVersion', connection, input });
      const error = fail.shift();
      if (error) {
        throw error;
      }
      return { arn: versionArn('credit-risk-scoring', 13), version: 13 };
    }
  };
  const governance: Partial<IGovernance> = {
    resolve: async groups =>
      new Map(
        groups.map(({ arn }) => [
          arn,
          arn === governed.arn
            ? governanceStatus()
            : (members.status?.() ??
              governanceStatus({
                state: 'not-linked',
                bucket: null,
                useCase: null
              }))
        ])
      ),
    refresh: async () => undefined
  };
  const mlflow: Partial<IMLflow> = {
    connections: async () => [mlflowConnection()],
    searchExperiments: async () => [
      { id: '1', name: 'Credit risk (EU)', lastUpdate: 1 }
    ],
    searchRuns: async () => [
      run(),
      run({ runId: 'cd34', runName: 'shy-fox-2', models: [] })
    ],
    getRun: async (_, runId) => run({ runId }),
    searchRegisteredModels: async () => [
      {
        name: 'credit',
        versions: [{ version: '3', runId: 'ab12', aliases: ['champion'] }]
      }
    ],
    getModelVersion: async (_, name, number) =>
      model({ registered: { name, version: number } }),
    readMLmodel: async () => ({
      flavors: ['sklearn'],
      framework: 'sklearn',
      frameworkVersion: '1.4.2',
      pythonVersion: null,
      signature: { inputs: '[{"name": "age"}]', outputs: null },
      mlflowVersion: '3.17.2'
    }),
    ...members.mlflow
  };
  return {
    calls,
    services: {
      relay: {
        config: async () =>
          config({
            connections: [
              sageMakerConnection(),
              sageMakerConnection({ id: 'claims', label: 'Claims', own: false })
            ]
          })
      } as IRelay,
      registry: registry as IRegistry,
      governance: governance as IGovernance,
      mlflow: members.mlflow === null ? null : (mlflow as IMLflow),
      settings: () => ({
        ...DEFAULTS,
        whenNotApproved: members.whenNotApproved ?? 'warn'
      }),
      trans
    }
  };
}

describe('register dialog', () => {
  const opened: { dispose: () => void }[] = [];

  function show(services: IRegisterServices, args: IRegisterArgs = {}) {
    const dialog = new FormDialog(registerForm(services, args));
    opened.push(dialog);
    const result = dialog.launch().then(
      ({ button, value }) => (button.accept ? value : null),
      () => null
    );
    return {
      view: within(dialog.node),
      result,
      accept: () =>
        dialog.node.querySelector(
          '.jp-Dialog-footer .jp-mod-accept'
        ) as HTMLButtonElement
    };
  }

  afterEach(() => {
    act(() => opened.splice(0).forEach(dialog => dialog.dispose()));
    clearDrafts();
  });

  it('needs one click when run and group are known', async () => {
    const user = userEvent.setup();
    const { services, calls } = world();
    const { view, accept, result } = show(services, {
      runId: 'ab12',
      connection: 'own',
      group: governed.arn
    });
    expect(await view.findByText('bold-owl-118')).toBeInTheDocument();
    expect(view.getByLabelText('Image address')).toHaveValue(
      'registry.example/sklearn:1.4'
    );
    expect(view.getByLabelText('Description')).toHaveValue('Adds bureau data');
    expect(accept()).toBeEnabled();
    await user.click(accept());
    expect(await result).toEqual({
      connection: 'own',
      group: governed.arn,
      package: versionArn('credit-risk-scoring', 13),
      name: 'credit-risk-scoring',
      version: 13
    });
    expect(calls).toHaveLength(1);
    expect(calls[0].input).toMatchObject({
      ModelPackageGroupName: governed.arn,
      ModelApprovalStatus: 'PendingManualApproval',
      InferenceSpecification: {
        Containers: [
          {
            Image: 'registry.example/sklearn:1.4',
            Framework: 'SKLEARN',
            FrameworkVersion: '1.4',
            ModelDataSource: {
              S3DataSource: { S3Uri: 's3://mlflow/1/models/m-1/artifacts/' }
            }
          }
        ],
        SupportedContentTypes: ['text/csv']
      },
      MetadataProperties: { CommitId: 'c0ffee' }
    });
    expect(JSON.stringify(calls[0].input)).toContain('UseCaseId');
  });

  it('takes run and group by clicking, governed groups first', async () => {
    const user = userEvent.setup();
    const { services, calls } = world();
    const { view, accept, result } = show(services);
    await user.click(await view.findByLabelText(/bold-owl-118/));
    const radios = (await view.findAllByRole('radio', { hidden: true })).filter(
      r => (r as HTMLInputElement).name === 'jp-sg-group'
    );
    expect(radios[0].closest('label')).toHaveTextContent('credit-risk-scoring');
    await user.click(radios[0]);
    expect(
      await view.findByDisplayValue('registry.example/sklearn:1.4')
    ).toBeInTheDocument();
    await user.click(accept());
    await result;
    expect(calls.map(({ name }) => name)).toEqual(['createVersion']);
  });

  it.each([
    ['a group without a version', /churn-retail/, 'Existing group'],
    ['a new group', null, 'New group']
  ])('takes media types from settings for %s', async (_, group, target) => {
    const user = userEvent.setup();
    const { services, calls } = world();
    services.settings = () => ({
      ...DEFAULTS,
      contentTypes: 'text/plain',
      responseTypes: 'application/jsonlines'
    });
    const { view, accept, result } = show(services, { runId: 'ab12' });
    await user.click(await view.findByLabelText(target));
    if (group) {
      await user.click(await view.findByLabelText(group));
    }
    const image = view.getByLabelText('Image address');
    await user.type(image, 'registry.example/new:1');
    await user.click(accept());
    await result;
    expect(
      calls.find(({ name }) => name === 'createVersion')?.input
    ).toMatchObject({
      InferenceSpecification: {
        SupportedContentTypes: ['text/plain'],
        SupportedResponseMIMETypes: ['application/jsonlines']
      }
    });
  });

  it('warns of a group without an approved use case', async () => {
    const { services } = world();
    const { view, accept } = show(services, {
      runId: 'ab12',
      group: loose.arn
    });
    expect(
      await view.findByText(/No use case is linked to this group/)
    ).toBeInTheDocument();
    expect(accept()).toBeEnabled();
  });

  it('refuses it when settings say so, and says whom to ask', async () => {
    const { services } = world({
      whenNotApproved: 'block',
      status: () =>
        governanceStatus({
          bucket: 'pending',
          useCase: aUseCase({ status: 'Awaiting approval' })
        })
    });
    const { view, accept } = show(services, {
      runId: 'ab12',
      group: loose.arn
    });
    expect(
      await view.findByText(/only groups whose use case is approved/)
    ).toBeInTheDocument();
    expect(view.getByText('Settings refuse this group')).toBeInTheDocument();
    expect(
      view.getByText(/CREDIT-001 is not approved: “Awaiting approval”/)
    ).toBeInTheDocument();
    expect(
      view.getByText(/Ask its owner, Retail credit team/)
    ).toBeInTheDocument();
    expect(accept()).toBeDisabled();
  });

  it('refuses new groups with it', async () => {
    const user = userEvent.setup();
    const { services } = world({ whenNotApproved: 'block' });
    const { view, accept } = show(services, { runId: 'ab12' });
    await user.click(await view.findByLabelText('New group'));
    expect(view.getByText('Settings refuse new groups')).toBeInTheDocument();
    expect(accept()).toBeDisabled();
  });

  it('says nothing when settings let every group pass', async () => {
    const { services } = world({ whenNotApproved: 'allow' });
    const { view, accept } = show(services, {
      runId: 'ab12',
      group: loose.arn
    });
    expect(await view.findByText('Not linked')).toBeInTheDocument();
    expect(view.queryByText(/No use case is linked/)).toBeNull();
    expect(accept()).toBeEnabled();
  });

  it('reads again what could not be read', async () => {
    const user = userEvent.setup();
    let status = governanceStatus({
      state: 'could-not-read',
      bucket: null,
      useCase: null
    });
    const { services } = world({
      whenNotApproved: 'block',
      status: () => status
    });
    const { view, accept } = show(services, {
      runId: 'ab12',
      group: loose.arn
    });
    const again = await view.findByText('Read again');
    expect(accept()).toBeDisabled();
    status = governanceStatus();
    await user.click(again);
    await waitFor(() => expect(accept()).toBeEnabled());
    expect(view.queryByText('Settings refuse this group')).toBeNull();
  });

  it('looks once more before it writes', async () => {
    const user = userEvent.setup();
    let status = governanceStatus();
    const { services, calls } = world({
      whenNotApproved: 'block',
      status: () => status
    });
    const { view, accept } = show(services, {
      runId: 'ab12',
      group: loose.arn
    });
    await view.findByText('bold-owl-118');
    expect(accept()).toBeEnabled();
    status = governanceStatus({
      bucket: 'rejected',
      useCase: aUseCase({ status: 'Rejected' })
    });
    await user.click(accept());
    expect(
      (await view.findAllByText(/CREDIT-001: “Rejected”/)).length
    ).toBeGreaterThan(0);
    expect(calls).toEqual([]);
  });

  it('lists groups under what is known of their use case', async () => {
    const { services } = world({ whenNotApproved: 'block' });
    const { view } = show(services, { runId: 'ab12' });
    const governedOnes = await view.findByRole('group', {
      name: 'Use case approved',
      hidden: true
    });
    expect(governedOnes).toHaveTextContent(governed.name);
    expect(
      view.getByRole('group', {
        name: 'No use case linked: refused by settings',
        hidden: true
      })
    ).toHaveTextContent(loose.name);
  });

  it('keeps everything and the token over a failure', async () => {
    const user = userEvent.setup();
    const { services, calls } = world({ fail: [new Error('no route')] });
    const { view, accept, result } = show(services, {
      runId: 'ab12',
      group: governed.arn
    });
    const text = await view.findByLabelText('Description');
    fireEvent.change(text, { target: { value: 'By hand' } });
    await user.click(accept());
    expect(await view.findByText('no route')).toBeInTheDocument();
    expect(text).toHaveValue('By hand');
    await user.click(accept());
    await result;
    expect(calls).toHaveLength(2);
    expect(calls[1].input).toEqual(calls[0].input);
    expect(calls[1].input.ModelPackageDescription).toBe('By hand');
  });

  it('makes a new group once, also over a failure', async () => {
    const user = userEvent.setup();
    const { services, calls } = world({ fail: [new Error('no route')] });
    const { view, accept, result } = show(services, { runId: 'ab12' });
    await user.click(await view.findByLabelText('New group'));
    const name = view.getByLabelText(/Name of the new group/);
    expect(name).toHaveValue('Credit-risk-EU');
    fireEvent.change(name, { target: { value: 'my group' } });
    expect(accept()).toBeDisabled();
    await user.click(view.getByText('Use my-group'));
    await user.click(accept());
    expect(await view.findByText('no route')).toBeInTheDocument();
    await user.click(accept());
    expect((await result)?.name).toBe('my-group');
    expect(calls.map(c => c.name)).toEqual([
      'createGroup',
      'createVersion',
      'createVersion'
    ]);
    expect(calls[1].input.ModelPackageGroupName).toBe(groupArn('my-group'));
  });

  it('says that SageMaker cannot read an artifact, and takes S3 instead', async () => {
    const user = userEvent.setup();
    const { services, calls } = world({
      mlflow: {
        getRun: async () =>
          run({ models: [model({ artifactUri: 'mlflow-artifacts:/1/x' })] })
      }
    });
    const { view, accept, result } = show(services, {
      runId: 'ab12',
      group: loose.arn
    });
    expect(
      await view.findByText(/SageMaker cannot read mlflow-artifacts:\/1\/x/)
    ).toBeInTheDocument();
    expect(accept()).toBeEnabled();
    const artifact = view.getByLabelText('S3 address of the model');
    await user.type(artifact, 'http://x');
    expect(accept()).toBeDisabled();
    await user.clear(artifact);
    await user.type(artifact, 's3://bucket/k/model.tar.gz');
    await user.click(accept());
    await result;
    expect(calls[0].input).toMatchObject({
      InferenceSpecification: {
        Containers: [{ ModelDataUrl: 's3://bucket/k/model.tar.gz' }]
      }
    });
  });

  it('registers a version of MLflow’s registry', async () => {
    const user = userEvent.setup();
    const { services, calls } = world();
    const { view, accept, result } = show(services, { group: governed.arn });
    await user.click(await view.findByLabelText('MLflow registered model'));
    await user.click(await view.findByLabelText(/credit v3/));
    expect(await view.findByText('bold-owl-118')).toBeInTheDocument();
    await user.click(accept());
    await result;
    expect(calls[0].input.CustomerMetadataProperties).toMatchObject({
      'mlflow.registered_model': 'credit',
      'mlflow.registered_version': '3',
      'mlflow.run_id': 'ab12'
    });
  });

  it('works without MLflow, from S3', async () => {
    const { services } = world({ mlflow: null });
    const { view, accept } = show(services, {
      s3Uri: 's3://bucket/k/',
      group: governed.arn
    });
    expect(await view.findByLabelText('S3 address of the model')).toHaveValue(
      's3://bucket/k/'
    );
    expect(view.queryByLabelText('MLflow run')).toBeNull();
    expect(accept()).toBeEnabled();
  });

  it('begins with the experiment that is named like the group', async () => {
    const { services } = world({
      mlflow: {
        searchExperiments: async () => [
          { id: '1', name: 'churn', lastUpdate: 9 },
          { id: '2', name: governed.name, lastUpdate: 1 }
        ]
      }
    });
    const { view } = show(services, {
      connection: 'own',
      group: governed.arn
    });
    expect(await view.findByLabelText('Experiment')).toHaveValue('2');
  });

  it('opens although the run cannot be read, and says so', async () => {
    const { services } = world({
      mlflow: { getRun: () => Promise.reject(new Error('run is gone')) }
    });
    const { view } = show(services, { runId: 'ab12' });
    expect(await view.findByText('run is gone')).toBeInTheDocument();
    expect(await view.findByLabelText(/bold-owl-118/)).toBeInTheDocument();
  });

  it('tells when MLflow is down, and leaves S3', async () => {
    const user = userEvent.setup();
    const { services } = world({
      mlflow: {
        searchExperiments: () => Promise.reject(new Error('MLflow is down'))
      }
    });
    const { view } = show(services);
    expect(await view.findByText('MLflow is down')).toBeInTheDocument();
    await user.click(view.getByLabelText('S3 address'));
    expect(view.getByLabelText('S3 address of the model')).toBeInTheDocument();
  });
});

describe('readChoices', () => {
  it('lets each registry fail alone, and finds by use case', async () => {
    const { services } = world();
    const { registry, governance } = services;
    const list = registry.listGroups;
    registry.listGroups = async (id, ...rest) => {
      if (id === 'claims') {
        throw new Error('down');
      }
      return list(id, ...rest);
    };
    const found = await readChoices(
      registry,
      governance,
      [
        sageMakerConnection(),
        sageMakerConnection({ id: 'claims', label: 'Claims' })
      ],
      DEFAULTS,
      new AbortController().signal
    );
    expect(found.failures).toEqual([
      { registry: 'Claims', error: new Error('down') }
    ]);
    expect(found.choices.map(c => c.group.name)).toEqual([
      'credit-risk-scoring',
      'churn-retail'
    ]);
    expect(
      findChoices(found.choices, 'credit-001 assess').map(c => c.group.name)
    ).toEqual(['credit-risk-scoring']);
  });
});

describe('registerArgs', () => {
  it('takes what it knows', () => {
    expect(
      registerArgs({
        runId: 'a',
        group: 1,
        registeredModel: { name: 'm', version: '1' },
        odd: true
      })
    ).toEqual({ runId: 'a', registeredModel: { name: 'm', version: '1' } });
    expect(registerArgs({ registeredModel: { name: 'm' } })).toEqual({});
  });
});

describe('parseSettings', () => {
  it('keeps images that can be used', () => {
    expect(
      parseSettings({ images: [{ label: 'a', image: 'b' }, { label: 'x' }] })
        .images
    ).toEqual([{ label: 'a', image: 'b' }]);
    expect(parseSettings({})).toEqual(DEFAULTS);
  });
});
