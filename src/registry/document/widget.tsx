import { ReactWidget } from '@jupyterlab/apputils';
import { PromiseDelegate } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';

import { chooseGroup } from '../../governance/linking';
import { groupNameOf } from '../../relay';
import type { IGroupArgs } from '../../tokens';
import { governanceIcon } from '../../ui';
import { followChanges } from '../queries';
import { ServicesProvider, type IDocumentServices } from './context';
import { GroupView } from './view';
import '../../../style/document.css';

/** Content of a group's tab. */
export class GroupDocument extends ReactWidget {
  constructor(options: GroupDocument.IOptions) {
    super();
    this.addClass('jp-sg-doc');
    this.title.label = groupNameOf(options.args.group);
    this.title.caption = options.args.group;
    this.title.icon = governanceIcon;
    this.title.closable = true;
    this._options = options;
    followChanges(options.client, options.services.registry);
  }

  /** Resolves with the first answer, good or bad. */
  get ready(): Promise<void> {
    return this._ready.promise;
  }

  /** Commands without arguments mean the group in front. */
  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    chooseGroup(this._options.args);
  }

  protected render(): JSX.Element {
    const { args, client, services } = this._options;
    return (
      <QueryClientProvider client={client}>
        <ServicesProvider value={services}>
          <GroupView
            connection={args.connection}
            arn={args.group}
            onReady={this._onReady}
          />
        </ServicesProvider>
      </QueryClientProvider>
    );
  }

  private _onReady = (): void => this._ready.resolve();
  private _options: GroupDocument.IOptions;
  private _ready = new PromiseDelegate<void>();
}

export namespace GroupDocument {
  export interface IOptions {
    args: IGroupArgs;
    services: IDocumentServices;
    client: QueryClient;
  }
}
