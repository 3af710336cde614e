/** What can be moved of a group, and where it stands. */
import { isAbort } from '../../relay';
import type {
  IModelGroupObject,
  IOpenPagesConnection,
  IUseCase,
  IWorkflowArgs
} from '../../tokens';
import { taskViewUrl } from '../link';
import { keeps, readGroup } from '../linking/context';
import { labelOf } from '../linking/plan';
import { column, quoted } from '../openpages';
import { ID, NAME } from '../sources/columns';
import type { IActionServices } from '../trail';
import { WorkflowClient } from './client';
import {
  actionsOfStage,
  type IAction,
  type IActive,
  type IDefinition
} from './offers';

/** An object with a workflow, or without one yet. */
export interface ISubject {
  console: IOpenPagesConnection;
  kind: 'use-case' | 'model';
  /** Resource ID. */
  id: string;
  label: string;
  /** Object type, as configured. */
  type: string;
  /** Deep link; null: none. */
  url: string | null;
  /** What the reading says of a use case. */
  useCase: IUseCase | null;
}

/** What the console offers on an object. */
export interface IOffer {
  subject: ISubject;
  /** The workflow it is in; null: in none. */
  active: IActive | null;
  /** Actions of its stage; empty: none, or not told. */
  actions: readonly IAction[];
  /** Workflows to start; empty while it is in one. */
  starts: readonly IDefinition[];
  /** Why the offers could not be read; null: they could. */
  error: unknown;
}

export interface IMoveContext {
  name: string;
  offers: readonly IOffer[];
  /** Consoles of the group that move no workflow from here. */
  closed: readonly IOpenPagesConnection[];
  /** Objects that are only linked to: workflows are off for them. */
  links: readonly ISubject[];
  /** Why models could not be listed; null: they could, or there are none. */
  modelsError: unknown;
}

/** Newest versions that are offered; older ones have ended their ways. */
const MODELS = 50;

/**
 * Read the objects of a group and what is offered on each.
 *
 * @throws OpenPagesError, RelayError when the group's objects cannot be read;
 * what fails for one object is told with it.
 */
export async function readMoves(
  services: IActionServices,
  args: IWorkflowArgs,
  fresh: boolean,
  signal?: AbortSignal
): Promise<IMoveContext> {
  const { relay, governance } = services;
  const { connections } = await relay.config();
  const consoles = connections.filter(
    (one): one is IOpenPagesConnection =>
      one.kind === 'openpages' && keeps(one, args.connection)
  );
  const group = await readGroup(services, args, signal);
  if (fresh) {
    await governance.refresh();
  }
  const [objects, statuses] = await Promise.all([
    governance.modelGroups(group),
    governance.resolve([group])
  ]);
  const subjects = new Map<string, ISubject>();
  const put = (subject: ISubject): void => {
    subjects.set(`${subject.console.id}/${subject.id}`, subject);
  };
  for (const console of consoles) {
    const above = objects
      .filter(({ connection }) => connection === console.id)
      .flatMap(({ useCases }) => useCases);
    // A use case that only a card or a tag names has a workflow as well.
    const named = statuses
      .get(group.arn)
      ?.answers.filter(
        ({ connection, source }) =>
          source === 'openpages' && connection === console.id
      )
      .flatMap(({ useCase }) => (useCase ? [useCase] : []));
    for (const useCase of [...above, ...(named ?? [])]) {
      put(subjectOf(console, useCase));
    }
  }
  const open = consoles.filter(({ workflows }) => workflows);
  let modelsError: unknown = null;
  for (const console of open) {
    try {
      for (const object of objects) {
        if (object.connection === console.id) {
          const models = await readModels(services, console, object, signal);
          models.forEach(put);
        }
      }
    } catch (error) {
      if (isAbort(error)) {
        throw error;
      }
      modelsError = error;
    }
  }
  const all = [...subjects.values()];
  const offers = await Promise.all(
    open.map(console =>
      readOffers(
        services,
        all.filter(subject => subject.console === console),
        signal
      )
    )
  );
  return {
    name: group.name,
    offers: offers.flat(),
    closed: consoles.filter(({ workflows }) => !workflows),
    links: all.filter(({ console }) => !console.workflows),
    modelsError
  };
}

function subjectOf(console: IOpenPagesConnection, useCase: IUseCase): ISubject {
  return {
    console,
    kind: 'use-case',
    id: useCase.id,
    label: labelOf(useCase),
    type: console.schema.types.useCase,
    url: useCase.url,
    useCase
  };
}

/** Models below a model group, newest version first. */
async function readModels(
  { relay }: IActionServices,
  console: IOpenPagesConnection,
  object: IModelGroupObject,
  signal?: AbortSignal
): Promise<ISubject[]> {
  const { id: connection, schema } = console;
  const { model, modelGroup } = schema.types;
  if (!model || !modelGroup) {
    return [];
  }
  const group = quoted(connection, modelGroup);
  const columns = [
    column(connection, model, ID),
    column(connection, model, NAME)
  ];
  const id = object.id.replace(/'/g, "''");
  const rows = await new WorkflowClient({ relay, connection }).query(
    `SELECT ${columns.join(', ')} FROM ${group} JOIN ${quoted(connection, model)} ON PARENT(${group}) WHERE ${column(connection, modelGroup, ID)} = '${id}'`,
    columns.length,
    signal
  );
  const collator = new Intl.Collator(undefined, { numeric: true });
  return rows
    .flatMap(([resource, name]) =>
      resource
        ? [
            {
              console,
              kind: 'model' as const,
              id: resource,
              label: name ?? resource,
              type: model,
              url: taskViewUrl(console.taskViewUrl, resource),
              useCase: null
            }
          ]
        : []
    )
    .sort((a, b) => collator.compare(b.label, a.label))
    .slice(0, MODELS);
}

/** What a console offers on objects of it; calls per type, not per object. */
async function readOffers(
  { relay }: IActionServices,
  subjects: readonly ISubject[],
  signal?: AbortSignal
): Promise<IOffer[]> {
  if (!subjects.length) {
    return [];
  }
  const client = new WorkflowClient({
    relay,
    connection: subjects[0].console.id
  });
  const details = new Map<string, Promise<unknown>>();
  const detail = (id: string): Promise<unknown> => {
    const known = details.get(id) ?? client.definition(id, signal);
    details.set(id, known);
    return known;
  };
  const types = [...new Set(subjects.map(({ type }) => type))];
  const offers = await Promise.all(
    types.map(async type => {
      const mine = subjects.filter(subject => subject.type === type);
      try {
        const [active, definitions] = await Promise.all([
          client.active(type, signal),
          client.definitions(type, signal)
        ]);
        return await Promise.all(
          mine.map(subject =>
            offerOf(
              subject,
              active.get(subject.id) ?? null,
              definitions,
              detail
            )
          )
        );
      } catch (error) {
        if (isAbort(error)) {
          throw error;
        }
        return mine.map(subject => nothing(subject, null, error));
      }
    })
  );
  const found = offers.flat();
  return subjects.flatMap(one =>
    found.filter(({ subject }) => subject === one)
  );
}

async function offerOf(
  subject: ISubject,
  active: IActive | null,
  definitions: readonly IDefinition[],
  detail: (id: string) => Promise<unknown>
): Promise<IOffer> {
  if (!active) {
    return { ...nothing(subject, null, null), starts: definitions };
  }
  if (active.actions) {
    return { ...nothing(subject, active, null), actions: active.actions };
  }
  const id =
    active.definition ??
    definitions.find(({ name }) => name === active.state.workflow)?.id;
  if (!id) {
    return nothing(subject, active, null);
  }
  try {
    const actions = actionsOfStage(await detail(id), active.state.stage);
    return { ...nothing(subject, active, null), actions: actions ?? [] };
  } catch (error) {
    if (isAbort(error)) {
      throw error;
    }
    return nothing(subject, active, error);
  }
}

function nothing(
  subject: ISubject,
  active: IActive | null,
  error: unknown
): IOffer {
  return { subject, active, actions: [], starts: [], error };
}
