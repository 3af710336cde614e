/** The content of the panel. Heavy: loaded when the panel is first shown. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { PanelLayout, Widget } from '@lumino/widgets';
import { QueryClientProvider } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';

import { Notice } from '../../ui';
import { Panel } from './panel';
import { PanelModel } from './model';
import { SORTS } from './rows';
import type { PanelSort } from './rows';
import { readView } from './snapshot';
import '../../../style/panel.css';

/** Loads and makes a section below the list. */
export type LoadSection = () => Promise<Widget>;

/** What the light widget knows of its content. */
export interface IPanelContent {
  readonly widget: Widget;
  refresh(): Promise<void>;
  /** Choose filter, order or search text; what makes no sense is left out. */
  setView(change: unknown): void;
  /** Put a section below what is there. */
  addSection(layout: PanelLayout, load: LoadSection): void;
  /** Put the focus where work starts. */
  focus(): void;
  dispose(): void;
}

class PanelBody extends ReactWidget {
  constructor(
    private _model: PanelModel,
    private _client: QueryClient,
    private _parts: Pick<IContentOptions, 'commands' | 'trans'>
  ) {
    super();
    this.addClass('jp-sg-panel-body');
  }

  protected render(): JSX.Element {
    return (
      <QueryClientProvider client={this._client}>
        <Panel model={this._model} {...this._parts} />
      </QueryClientProvider>
    );
  }
}

export interface IContentOptions extends Omit<
  PanelModel.IOptions,
  'client' | 'defaultSort'
> {
  commands: CommandRegistry;
  settings: Promise<ISettingRegistry.ISettings | null>;
}

/** Order that the settings name. */
function sortOf(settings: ISettingRegistry.ISettings | null): PanelSort {
  const chosen = settings?.get('defaultSort').composite;
  return SORTS.find(sort => sort === chosen) ?? 'name';
}

/** Make the content and begin to read. */
export async function createContent(
  options: IContentOptions
): Promise<IPanelContent> {
  const { relay, commands, trans } = options;
  const [client, settings] = await Promise.all([
    relay.queries(),
    options.settings
  ]);
  const model = new PanelModel({
    ...options,
    client,
    defaultSort: sortOf(settings)
  });
  const follow = (changed: ISettingRegistry.ISettings): void =>
    model.setDefaultSort(sortOf(changed));
  settings?.changed.connect(follow);
  const widget = new PanelBody(model, client, { commands, trans });
  void model.start();
  return {
    widget,
    refresh: () => model.refresh(),
    setView: change => model.setView(readView(change)),
    addSection: (layout, load) => addSection(layout, load, trans),
    focus: () => {
      const list = widget.node.querySelector<HTMLElement>('[role="listbox"]');
      const search = widget.node.querySelector<HTMLElement>('input');
      (list ?? search)?.focus();
    },
    dispose: () => {
      settings?.changed.disconnect(follow);
      model.dispose();
      widget.dispose();
    }
  };
}

/** Load a section; where that fails, say so in its place. */
export function addSection(
  layout: PanelLayout,
  load: LoadSection,
  trans: TranslationBundle
): void {
  load().then(
    widget => {
      if (layout.isDisposed) {
        widget.dispose();
      } else {
        layout.addWidget(widget);
      }
    },
    (error: unknown) => {
      if (layout.isDisposed) {
        return;
      }
      const failure = ReactWidget.create(
        <Notice
          action={{
            label: trans.__('Try again'),
            onClick: () => {
              failure.dispose();
              addSection(layout, load, trans);
            }
          }}
        >
          {trans.__(
            'A part of the panel could not be loaded: %1',
            error instanceof Error ? error.message : String(error)
          )}
        </Notice>
      );
      layout.addWidget(failure);
    }
  );
}
