/** The versions of MLflow's own registry, to choose one. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import { describeError } from '../../relay';
import { ErrorNotice, Loading } from '../../ui';
import type { IMLflow, IMLflowModel } from '../../tokens';
import { useLoad } from '../useLoad';
import { PickList } from './pickList';

export interface IRegisteredProps {
  mlflow: IMLflow;
  /** MLflow connection. */
  connection: string;
  /** The version chosen so far. */
  chosen: IMLflowModel['registered'];
  pick: (connection: string, name: string, version: string) => void;
  trans: TranslationBundle;
}

/** Search and registered versions. */
export function Registered(props: IRegisteredProps): JSX.Element {
  const { mlflow, connection, chosen, pick, trans } = props;
  const models = useLoad(connection, signal =>
    mlflow.searchRegisteredModels(connection, undefined, signal)
  );
  const [text, setText] = useState('');
  if (models.error) {
    return (
      <ErrorNotice
        problem={describeError(models.error, trans)}
        trans={trans}
        onRetry={models.again}
      />
    );
  }
  if (models.loading) {
    return (
      <Loading label={trans.__('Reading registered models…')} trans={trans} />
    );
  }
  const versions = (models.data ?? [])
    .filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
    .flatMap(({ name, versions }) => versions.map(v => ({ name, ...v })));
  return (
    <PickList
      found={versions}
      text={text}
      search={setText}
      searchLabel={trans.__('Search registered models')}
      legend={trans.__('Registered versions')}
      noMatch={trans.__('No registered model matches.')}
      nothing={trans.__('This server has no registered models.')}
      keyOf={({ name, version }) => `${name}/${version}`}
      trans={trans}
    >
      {({ name, version, aliases }) => (
        <label>
          <input
            type="radio"
            name="jp-sg-registered"
            checked={chosen?.name === name && chosen.version === version}
            onChange={() => pick(connection, name, version)}
          />
          <bdi>{`${name} v${version}`}</bdi>
          {aliases.length ? (
            <small>{aliases.map(a => `@${a}`).join(' ')}</small>
          ) : null}
        </label>
      )}
    </PickList>
  );
}
