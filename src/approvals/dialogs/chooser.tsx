/** Ask which pending version is meant, when a command came without one. */
import { describeError, groupNameOf, groupOfArn } from '../../relay';
import type {
  IGovernance,
  IGovernanceStatus,
  IModelPackage,
  IVersionArgs
} from '../../tokens';
import { Age, EmptyState, Notice } from '../../ui';
import type { FormErrors, IFormOptions, IFormProps } from '../../ui/formDialog';
import { actorName, readPersona } from '../persona';
import { pendingQueue } from '../queue';
import type { IApprovalServices } from '../subject';
import { waitingOn, waitsForMe } from '../waiting';

/** A version to choose, and whether it waits for us. */
interface IEntry {
  version: IModelPackage;
  /** Label of the registry. */
  registry: string;
  mine: boolean;
}

interface IChooserContext {
  entries: IEntry[];
  /** What could not be read, in words. */
  failures: string[];
}

interface IChooserValue {
  text: string;
  chosen: string | null;
}

function matches({ version }: IEntry, text: string): boolean {
  return `${groupNameOf(version.groupArn)} v${version.version}`
    .toLowerCase()
    .includes(text.trim().toLowerCase());
}

function Body({
  context,
  value,
  set,
  trans
}: IFormProps<IChooserContext, IChooserValue>): JSX.Element {
  const shown = context.entries.filter(entry => matches(entry, value.text));
  return (
    <>
      {context.failures.map(failure => (
        <Notice key={failure} kind="warning">
          {failure}
        </Notice>
      ))}
      <input
        type="search"
        className="jp-mod-styled jp-sg-input"
        dir="auto"
        data-sg-first=""
        aria-label={trans.__('Search pending versions')}
        placeholder={trans.__('Search pending versions')}
        value={value.text}
        onChange={event => set({ text: event.target.value, chosen: null })}
      />
      {shown.length === 0 ? (
        <EmptyState title={trans.__('No pending version here')}>
          {value.text
            ? trans.__('None matches what you typed.')
            : trans.__('Nothing waits for a decision in these registries.')}
        </EmptyState>
      ) : (
        <fieldset className="jp-sg-picks">
          <legend>{trans.__('Pending versions')}</legend>
          {shown.map(({ version, registry, mine }) => (
            <label key={version.arn}>
              <input
                type="radio"
                name="jp-sg-version"
                checked={value.chosen === version.arn}
                onChange={() => set({ chosen: version.arn })}
              />
              <bdi>{`${groupNameOf(version.groupArn)} v${version.version}`}</bdi>
              <small>
                {registry}
                {' · '}
                {actorName(version.createdBy) ?? trans.__('author unknown')}
                {' · '}
                <Age
                  at={version.lastModifiedAt ?? version.createdAt}
                  trans={trans}
                />
                {mine ? ` · ${trans.__('with you')}` : ''}
              </small>
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}

/** The form that asks for a version; those that wait for us come first. */
export function chooserForm(
  services: IApprovalServices,
  words: { title: string; accept: string }
): IFormOptions<IChooserContext, IChooserValue, IVersionArgs> {
  const { relay, registry, governance, trans } = services;
  return {
    title: words.title,
    subject: `choose:${words.title}`,
    trans,
    load: async signal => {
      const { connections } = await relay.config();
      const failures: string[] = [];
      const entries = await Promise.all(
        connections
          .filter(({ kind }) => kind === 'sagemaker')
          .map(async ({ id, label }): Promise<IEntry[]> => {
            try {
              const [me, queue] = await Promise.all([
                readPersona(relay, registry, id, trans),
                pendingQueue(registry, id, signal)
              ]);
              if (queue.partial) {
                failures.push(
                  trans.__(
                    '%1: only the newest pending versions are listed',
                    label
                  )
                );
              }
              const statuses = await statusesOf(governance, queue.versions);
              return queue.versions.map(version => ({
                version,
                registry: label,
                mine: waitsForMe(
                  waitingOn({
                    latest: version,
                    status: statuses?.get(version.groupArn) ?? null,
                    me
                  })
                )
              }));
            } catch (error) {
              failures.push(`${label}: ${describeError(error, trans).message}`);
              return [];
            }
          })
      );
      return {
        entries: entries.flat().sort((a, b) => Number(b.mine) - Number(a.mine)),
        failures
      };
    },
    initial: () => ({ text: '', chosen: null }),
    check: ({ chosen }): FormErrors =>
      chosen ? {} : { chosen: trans.__('Choose a version.') },
    submit: async ({ chosen }, { entries }) => {
      const hit = entries.find(({ version }) => version.arn === chosen);
      if (!hit) {
        throw new Error(trans.__('Choose a version.'));
      }
      const { connection, groupArn, arn } = hit.version;
      return { connection, group: groupArn, package: arn };
    },
    Body,
    acceptLabel: () => words.accept
  };
}

/** What the use cases of these versions say; null: nobody could tell. */
async function statusesOf(
  governance: IGovernance | null,
  versions: readonly IModelPackage[]
): Promise<Map<string, IGovernanceStatus> | null> {
  const groups = new Map(
    versions.map(({ connection, groupArn }) => [
      groupArn,
      groupOfArn({ connection, group: groupArn })
    ])
  );
  try {
    return (await governance?.resolve([...groups.values()])) ?? null;
  } catch {
    // The versions answer alone; the dialog that follows says so.
    return null;
  }
}
