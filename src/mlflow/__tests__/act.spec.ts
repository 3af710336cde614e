import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { fireEvent, waitFor } from '@testing-library/react';

import { RelayError } from '../../relay';
import {
  config,
  groupArn,
  mlflowConnection,
  sageMakerConnection,
  version,
  versionArn
} from '../../testing';
import {
  CommandIDs,
  type IMLflow,
  type IMLflowModel,
  type IMLflowOrigin,
  type IModelPackage,
  type IRegistry
} from '../../tokens';
import { act, type IActServices } from '../act';
import type { Subject } from '../routes';

const MODEL: IMLflowModel = {
  modelId: 'm-1',
  name: 'model',
  artifactUri: 'mlflow-artifacts:/7/models/m-1/artifacts',
  runId: 'r1',
  registered: null
};
const RUN: Subject = { kind: 'run', experimentId: '7', runId: 'r1' };
const AT = { x: 1, y: 2 };

function fakeNotebook() {
  const cells: { index: number; source: string }[] = [];
  const content = {
    activeCellIndex: 2,
    deselectAll: jest.fn(),
    scrollToItem: jest.fn(async () => undefined),
    model: {
      readOnly: false,
      sharedModel: {
        insertCell: (index: number, { source }: { source: string }) =>
          cells.push({ index, source })
      }
    }
  };
  return { cells, content, id: 'notebook' };
}

function services(
  members: {
    mlflow?: Partial<IMLflow>;
    versions?: (
      connection: string,
      origin: IMLflowOrigin
    ) => Promise<IModelPackage[]>;
    data?: string | null;
    notebook?: ReturnType<typeof fakeNotebook> | null;
  } = {}
) {
  const executed: [string, object][] = [];
  const commands = new CommandRegistry();
  for (const id of [CommandIDs.registerModel, CommandIDs.openGroup]) {
    commands.addCommand(id, {
      execute: args => void executed.push([id, { ...args }])
    });
  }
  const activated: string[] = [];
  const given = {
    relay: {
      config: async () =>
        config({
          connections: [
            sageMakerConnection(),
            sageMakerConnection({ id: 'claims', label: 'Claims', own: false }),
            mlflowConnection()
          ]
        })
    },
    mlflow: {
      getRun: async () => ({ runId: 'r1', runName: 'tuned', models: [MODEL] }),
      getModel: async () => MODEL,
      connections: async () => [mlflowConnection()],
      ...members.mlflow
    } as unknown as IMLflow,
    registry: {
      versionsFrom: members.versions ?? (async () => []),
      describeVersion: async (connection: string, arn: string) => ({
        ...version({ arn, connection, approval: 'Approved', version: 3 }),
        containers: [{ modelDataUrl: members.data ?? null }]
      })
    } as unknown as IRegistry,
    notebooks: {
      currentWidget:
        members.notebook === undefined ? fakeNotebook() : members.notebook
    },
    commands,
    shell: { activateById: (id: string) => void activated.push(id) },
    trans: nullTranslator.load('sagemaker_governance')
  } as unknown as IActServices;
  return { given, executed, activated };
}

/** The open dialog, once it says so. */
async function dialog(text: string): Promise<HTMLElement> {
  await waitFor(() =>
    expect(document.querySelector('.jp-Dialog')).toHaveTextContent(text)
  );
  return document.querySelector<HTMLElement>('.jp-Dialog') ?? document.body;
}

/** Press the first button of the open dialog. */
function close(): void {
  const button = document.querySelector('.jp-Dialog-footer button');
  if (button) {
    fireEvent.click(button);
  }
}

const pd = (n = 3, connection = 'own') =>
  version({
    arn: versionArn('pd', n),
    groupArn: groupArn('pd'),
    connection,
    version: n,
    approval: 'Approved'
  });

describe('register', () => {
  it('gives the dialog what MLflow knows of the run', async () => {
    const { given, executed } = services();
    await act('register', given, 'mlflow', RUN, AT);
    expect(executed).toEqual([
      [CommandIDs.registerModel, { mlflow: 'mlflow', runId: 'r1' }]
    ]);
  });

  it('adds the run of a model', async () => {
    const { given, executed } = services();
    const subject: Subject = {
      kind: 'model',
      experimentId: '7',
      modelId: 'm-1'
    };
    await act('register', given, 'mlflow', subject, AT);
    expect(executed[0][1]).toEqual({
      mlflow: 'mlflow',
      modelId: 'm-1',
      runId: 'r1'
    });
  });

  it.each(['register', 'insert-code', 'show-governed'] as const)(
    'does not %s what MLflow does not know',
    async action => {
      const { given, executed } = services({
        mlflow: {
          getRun: () =>
            Promise.reject(
              new RelayError({ code: 'network', message: 'no such run' })
            )
        }
      });
      const done = act(action, given, 'mlflow', RUN, AT);
      await dialog('No answer came from the Jupyter server');
      close();
      await done;
      expect(executed).toEqual([]);
    }
  );
});

describe('show in Model governance', () => {
  it('opens the one group', async () => {
    const { given, executed } = services({
      versions: async (connection, { runId }) =>
        connection === 'own' && runId === 'r1' ? [pd(3), pd(2)] : []
    });
    await act('show-governed', given, 'mlflow', RUN, AT);
    expect(executed).toEqual([
      [CommandIDs.openGroup, { connection: 'own', group: groupArn('pd') }]
    ]);
  });

  it('offers to register what is in no registry, and names those asked', async () => {
    const { given, executed } = services();
    const done = act('show-governed', given, 'mlflow', RUN, AT);
    const node = await dialog('Not registered in SageMaker');
    expect(node).toHaveTextContent('Own account, Claims');
    fireEvent.click(node.querySelector('.jp-mod-accept') ?? node);
    await done;
    expect(executed[0][0]).toBe(CommandIDs.registerModel);
  });

  it('never says “not registered” where a registry did not answer', async () => {
    const { given } = services({
      versions: connection =>
        connection === 'claims'
          ? Promise.reject(new RelayError({ code: 'network', message: 'x' }))
          : Promise.resolve([])
    });
    const done = act('show-governed', given, 'mlflow', RUN, AT);
    const node = await dialog('Not found in the registries that answered');
    expect(node).toHaveTextContent('Claims could not be asked');
    close();
    await done;
  });
});

describe('insert code', () => {
  it('puts a cell below the current one', async () => {
    const notebook = fakeNotebook();
    const { given, activated } = services({ notebook });
    await act('insert-code', given, 'mlflow', RUN, AT);
    expect(notebook.cells).toEqual([
      { index: 3, source: expect.stringContaining('"models:/m-1"') }
    ]);
    expect(notebook.content.activeCellIndex).toBe(3);
    expect(activated).toEqual(['notebook']);
  });

  it('lets choose between MLflow and SageMaker', async () => {
    const notebook = fakeNotebook();
    const { given } = services({
      notebook,
      versions: async connection => (connection === 'own' ? [pd()] : []),
      data: 's3://bucket/model/'
    });
    await act('insert-code', given, 'mlflow', RUN, AT);
    const items = document.querySelectorAll('.lm-Menu-itemLabel');
    expect(Array.from(items, item => item.textContent)).toEqual([
      'From MLflow: models:/m-1',
      'From SageMaker: pd v3, Approved'
    ]);
    expect(notebook.cells).toEqual([]);
    document.querySelector('.lm-Menu')?.remove();
  });

  it('says that a run has no model', async () => {
    const { given } = services({
      mlflow: {
        getRun: (async () => ({
          runId: 'r1',
          runName: 'tuned',
          models: []
        })) as unknown as IMLflow['getRun']
      }
    });
    const done = act('insert-code', given, 'mlflow', RUN, AT);
    await dialog('“tuned” has logged no model.');
    close();
    await done;
  });

  it('says that there is no notebook', async () => {
    const { given } = services({ notebook: null });
    const done = act('insert-code', given, 'mlflow', RUN, AT);
    await dialog('No notebook is open');
    close();
    await done;
  });
});
