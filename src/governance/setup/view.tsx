/** Discovery on one page, from what was read to the block. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { describeError } from '../../relay';
import type { StatusBucket } from '../../tokens';
import { CommandIDs } from '../../tokens';
import { ErrorNotice, Loading, Notice } from '../../ui';
import { BlockSection } from './blockSection';
import { EntitySection } from './entitySection';
import type { SetupModel } from './model';
import { PreviewSection } from './previewSection';
import type { ISetupServices } from './services';
import { Slots } from './slots';
import type { ISetupSnapshot } from './snapshot';
import { STEPS } from './steps';
import { stepLabel, stepProblem } from './words';

export interface ISetupViewProps {
  model: SetupModel;
  consoles: readonly { id: string; label: string }[];
  services: Pick<ISetupServices, 'commands' | 'trans' | 'governance'>;
}

export function SetupView(props: ISetupViewProps): JSX.Element {
  const { model, services } = props;
  const { commands, governance, trans } = services;
  const snapshot = React.useSyncExternalStore(
    React.useCallback(
      told => {
        model.changed.connect(told);
        return () => {
          model.changed.disconnect(told);
        };
      },
      [model]
    ),
    () => model.snapshot
  );
  const bucketOf = (word: string): StatusBucket => governance.bucketOf(word);
  const { steps } = snapshot;
  const failed = STEPS.filter(name => steps[name].state === 'failed');
  const nothing = !snapshot.types.length;
  return (
    <>
      <Head {...props} snapshot={snapshot} />
      {failed.map(name => (
        <ErrorNotice
          key={name}
          problem={stepProblem(name, steps[name], trans)}
          trans={trans}
          onRetry={() => void model.retry()}
        />
      ))}
      {snapshot.groups.failures.map(({ registry, error }) => (
        <Notice
          key={registry.id}
          action={{
            label: trans.__('Read again'),
            onClick: () => void model.restart()
          }}
        >
          {trans.__(
            '%1 could not be read, so that its groups prove nothing here: %2',
            registry.label,
            describeError(error, trans).title
          )}
        </Notice>
      ))}
      {snapshot.restored && (
        <Notice
          kind="info"
          action={{
            label: trans.__('Start over'),
            onClick: () => model.forget()
          }}
        >
          {trans.__('Your choices of an earlier visit are in.')}
        </Notice>
      )}
      {nothing && snapshot.busy && <Loading trans={trans} rows={4} />}
      {!nothing && (
        <>
          <Slots
            snapshot={snapshot}
            bucketOf={bucketOf}
            onChoose={(slot, value) => model.choose(slot, value)}
            onVocabulary={
              commands.hasCommand(CommandIDs.editVocabulary)
                ? () => void commands.execute(CommandIDs.editVocabulary)
                : null
            }
            trans={trans}
          />
          <EntitySection
            snapshot={snapshot}
            onChoose={(registry, value) => model.chooseEntity(registry, value)}
            trans={trans}
          />
          <PreviewSection
            snapshot={snapshot}
            bucketOf={bucketOf}
            trans={trans}
          />
          <BlockSection
            snapshot={snapshot}
            connection={model.connection}
            onSet={choice => model.set(choice)}
            onCopied={() => model.copied()}
            trans={trans}
          />
        </>
      )}
    </>
  );
}

/** Title, console, and how the reading goes. */
function Head(
  props: ISetupViewProps & { snapshot: ISetupSnapshot }
): JSX.Element {
  const { model, consoles, services, snapshot } = props;
  const { commands, trans } = services;
  const { id, label } = model.connection;
  const select = React.useId();
  const given = STEPS.some(name => snapshot.steps[name].state === 'cancelled');
  return (
    <div className="jp-sg-setup-head">
      <h1>{trans.__('Set up %1', label)}</h1>
      <p className="jp-sg-setup-quiet">
        {trans.__(
          'Reads the object model of the console and proposes what is what. Nothing is written there; at the end there is a configuration to copy.'
        )}
      </p>
      <div className="jp-sg-setup-bar">
        {consoles.length > 1 && (
          <label htmlFor={select}>
            {trans.__('Console')}
            <select
              id={select}
              className="jp-sg-setup-select"
              value={id}
              onChange={({ target }) =>
                void commands.execute(CommandIDs.setUpConnection, {
                  connection: target.value
                })
              }
            >
              {consoles.map(one => (
                <option key={one.id} value={one.id}>
                  {one.label}
                </option>
              ))}
            </select>
          </label>
        )}
        <Progress snapshot={snapshot} trans={trans} />
        {snapshot.busy ? (
          <button
            type="button"
            className="jp-mod-styled jp-sg-button"
            onClick={() => model.cancel()}
          >
            {trans.__('Cancel')}
          </button>
        ) : (
          <button
            type="button"
            className="jp-mod-styled jp-sg-button"
            onClick={() => void (given ? model.retry() : model.restart())}
          >
            {given ? trans.__('Go on reading') : trans.__('Read again')}
          </button>
        )}
      </div>
    </div>
  );
}

/** What is being read, and how far. */
function Progress(props: {
  snapshot: ISetupSnapshot;
  trans: TranslationBundle;
}): JSX.Element {
  const { snapshot, trans } = props;
  const { steps, types } = snapshot;
  const running = STEPS.filter(name => steps[name].state === 'running').map(
    name => {
      const { done, of } = steps[name];
      const label = stepLabel(name, trans);
      return of > 0 ? trans.__('%1: %2 of %3', label, done, of) : label;
    }
  );
  const given = STEPS.some(name => steps[name].state === 'cancelled');
  return (
    <span className="jp-sg-setup-progress" role="status">
      {running.length > 0
        ? trans.__('Reading: %1', running.join(', '))
        : given
          ? trans.__('Reading was cancelled; what was read stays.')
          : types.length
            ? trans._n('%1 object type', '%1 object types', types.length)
            : ''}
    </span>
  );
}
