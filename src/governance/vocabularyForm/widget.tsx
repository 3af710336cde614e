/** The vocabulary form in a tab of the main area. */
import {
  Dialog,
  MainAreaWidget,
  ReactWidget,
  showDialog
} from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';

import { describeError } from '../../relay';
import type { IGovernance, IRelay } from '../../tokens';
import { PLUGIN_NAMESPACE } from '../../tokens';
import {
  EmptyState,
  ErrorNotice,
  governanceIcon,
  Loading,
  useLoaded
} from '../../ui';
import { VocabularyModel } from './model';
import { saveVocabulary, VocabularyView } from './view';
import '../../../style/vocabulary.css';

/** Plugin that the setting belongs to. */
const PLUGIN = `${PLUGIN_NAMESPACE}:governance`;

export interface IVocabularyServices {
  relay: Pick<IRelay, 'config'>;
  governance: IGovernance;
  settings: ISettingRegistry | null;
  state: IStateDB | null;
  trans: TranslationBundle;
  /** Status words that a console may give, by connection. */
  listed: ReadonlyMap<string, readonly string[]>;
}

/** Content of the tab. */
export class VocabularyDocument extends ReactWidget {
  constructor(private _services: IVocabularyServices) {
    super();
    const { trans } = _services;
    this.addClass('jp-sg-page');
    this.addClass('jp-sg-vocabulary');
    this.title.label = trans.__('Status vocabulary');
    this.title.caption = trans.__('What status words mean');
    this.title.icon = governanceIcon;
    this.title.closable = true;
  }

  /** The lines being edited; null until the settings are read. */
  get model(): VocabularyModel | null {
    return this._model;
  }

  /** Show a word with what it means. */
  mark(word: string): void {
    this._marked = word;
    this._model?.mark(word);
  }

  dispose(): void {
    this._model?.dispose();
    this._model = null;
    super.dispose();
  }

  protected render(): JSX.Element {
    return <Root services={this._services} make={this._make} />;
  }

  private _make = async (): Promise<VocabularyModel | null> => {
    const { settings: registry, ...services } = this._services;
    if (!registry) {
      return null;
    }
    const settings = await registry.load(PLUGIN);
    if (!this._model && !this.isDisposed) {
      this._model = new VocabularyModel({ ...services, settings });
      this._model.mark(this._marked);
      void this._model.start();
    }
    return this._model;
  };

  private _model: VocabularyModel | null = null;
  private _marked: string | null = null;
}

/** Reads the settings, then shows the form. */
function Root(props: {
  services: IVocabularyServices;
  make: () => Promise<VocabularyModel | null>;
}): JSX.Element {
  const { services, make } = props;
  const { trans } = services;
  const { value: model, error, retry } = useLoaded(make);
  if (error !== null) {
    return (
      <ErrorNotice
        problem={describeError(error, trans)}
        trans={trans}
        onRetry={retry}
      />
    );
  }
  if (model === undefined) {
    return <Loading trans={trans} />;
  }
  return model ? (
    <VocabularyView model={model} trans={trans} />
  ) : (
    <EmptyState title={trans.__('Settings are switched off in this lab')}>
      {trans.__('The default vocabulary holds; it cannot be changed here.')}
    </EmptyState>
  );
}

/** The tab; it asks before unsaved changes are out of sight. */
export class VocabularyTab extends MainAreaWidget<VocabularyDocument> {
  constructor(services: IVocabularyServices) {
    super({ content: new VocabularyDocument(services) });
    this._trans = services.trans;
    this.id = 'sagemaker-governance-vocabulary';
    this.toolbar.hide();
    // The base class calls every content "main area content".
    this.content.node.setAttribute('aria-label', this.title.caption);
  }

  protected onCloseRequest(msg: Message): void {
    const { model } = this.content;
    if (!model?.snapshot.dirty) {
      super.onCloseRequest(msg);
      return;
    }
    void this._ask(model).then(close => {
      if (close && !this.isDisposed) {
        super.onCloseRequest(msg);
      }
    });
  }

  /** @returns whether the tab may close */
  private async _ask(model: VocabularyModel): Promise<boolean> {
    const trans = this._trans;
    const savable = model.snapshot.canSave;
    const { button } = await showDialog({
      title: trans.__('Save the vocabulary?'),
      body: savable
        ? trans.__('Its changes are not saved.')
        : trans.__(
            'Its changes are not saved, and some lines cannot be used yet.'
          ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Go on editing') }),
        Dialog.warnButton({
          label: trans.__('Discard changes'),
          actions: ['discard']
        }),
        ...(savable ? [Dialog.okButton({ label: trans.__('Save') })] : [])
      ]
    });
    if (button.actions.includes('discard')) {
      model.discard();
      return true;
    }
    return button.accept && savable ? saveVocabulary(model, trans) : false;
  }

  private _trans: TranslationBundle;
}
