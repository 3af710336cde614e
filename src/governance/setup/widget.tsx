/** Discovery in a tab of the main area. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { describeError } from '../../relay';
import type { IConfig, IOpenPagesConnection } from '../../tokens';
import { ErrorNotice, governanceIcon, Loading, useLoaded } from '../../ui';
import { asText, configuration } from './block';
import type { AuthType, SecretSource } from './block';
import { AuthChoice, Block, WhatNext } from './blockSection';
import { SetupModel } from './model';
import type { ISetupServices } from './services';
import { SetupView } from './view';
import '../../../style/setup.css';

/** Content of a console's tab. */
export class SetupDocument extends ReactWidget {
  constructor(private _options: SetupDocument.IOptions) {
    super();
    const { services, connection } = _options;
    const { trans } = services;
    this.addClass('jp-sg-page');
    this.addClass('jp-sg-setup');
    this.title.label = trans.__('Set up governance');
    this.title.caption = trans.__(
      'Set up the governance connection %1',
      connection ?? ''
    );
    this.title.icon = governanceIcon;
    this.title.closable = true;
  }

  /** Id of the OpenPages connection; null: none is configured, or unknown. */
  get connection(): string | null {
    return this._options.connection;
  }

  protected render(): JSX.Element {
    return <Root {...this._options} />;
  }
}

export namespace SetupDocument {
  export interface IOptions {
    services: ISetupServices;
    connection: string | null;
  }
}

/** Reads the configuration, then discovers. */
function Root(props: SetupDocument.IOptions): JSX.Element {
  const { services, connection } = props;
  const { relay, trans } = services;
  const load = React.useCallback(() => relay.config(), [relay]);
  const { value: config, error, retry } = useLoaded(load);
  if (error !== null) {
    return (
      <ErrorNotice
        problem={describeError(error, trans)}
        trans={trans}
        onRetry={retry}
      />
    );
  }
  if (!config) {
    return <Loading trans={trans} />;
  }
  const consoles = config.connections.filter(
    (one): one is IOpenPagesConnection => one.kind === 'openpages'
  );
  const chosen =
    consoles.find(({ id }) => id === connection) ??
    (connection === null ? consoles[0] : undefined);
  if (!chosen) {
    return <NoConsole connection={connection} config={config} trans={trans} />;
  }
  return (
    <Discovery
      key={chosen.id}
      {...props}
      config={config}
      chosen={chosen}
      consoles={consoles}
    />
  );
}

function Discovery(
  props: SetupDocument.IOptions & {
    config: IConfig;
    chosen: IOpenPagesConnection;
    consoles: readonly IOpenPagesConnection[];
  }
): JSX.Element | null {
  const { services, config, chosen, consoles } = props;
  const [model, setModel] = React.useState<SetupModel | null>(null);
  React.useEffect(() => {
    const made = new SetupModel({
      ...services,
      connection: chosen,
      registries: config.connections.flatMap(one =>
        one.kind === 'sagemaker' ? [one] : []
      )
    });
    setModel(made);
    void made.start();
    return () => made.dispose();
  }, [services, config, chosen]);
  return (
    model && <SetupView model={model} consoles={consoles} services={services} />
  );
}

/** What IBM calls it, in every language. */
const PRODUCT = 'watsonx.governance';

/** No console to read yet: what an administrator begins with. */
function NoConsole(props: {
  connection: string | null;
  config: IConfig;
  trans: TranslationBundle;
}): JSX.Element {
  const { connection, config, trans } = props;
  const [choices, setChoices] = React.useState<{
    auth: AuthType;
    secret: SecretSource;
  }>({ auth: 'mcsp', secret: 'secretsmanager' });
  const id = connection ?? 'wxgov';
  return (
    <>
      <div className="jp-sg-setup-head">
        <h1>
          {connection
            ? trans.__('The server has no console “%1”', connection)
            : trans.__('No governance console is configured')}
        </h1>
        <p className="jp-sg-setup-quiet">
          {trans.__(
            'Begin with its address and sign-in. After the restart, come back here: the object types and fields are found for you.'
          )}
        </p>
      </div>
      {config.problems.map(({ message, hint }) => (
        <p key={message} className="jp-sg-setup-gone">
          {message} {hint}
        </p>
      ))}
      <section className="jp-sg-setup-part">
        <AuthChoice
          choices={choices}
          onSet={choice => setChoices({ ...choices, ...choice })}
          trans={trans}
        />
        <Block
          text={asText(
            configuration({
              connection: { id, label: PRODUCT },
              ...choices,
              decisions: null
            })
          )}
          onCopied={() => undefined}
          trans={trans}
        />
        <WhatNext whole id={id} trans={trans} />
      </section>
    </>
  );
}
