import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IGovernance, IRelay, PLUGIN_NAMESPACE } from '../../tokens';
import { EditorSlot } from './slot';

/** Tells in notebooks and files of the use cases that they name. */
export const mentionsPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_NAMESPACE}:mentions`,
  description:
    'Underlines ids of use cases in notebooks and files, with their status.',
  autoStart: true,
  requires: [IRelay, IGovernance],
  optional: [IEditorExtensionRegistry, ISettingRegistry, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    relay: IRelay,
    governance: IGovernance,
    extensions: IEditorExtensionRegistry | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    if (!extensions) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const slot = new EditorSlot();
    extensions.addExtension(slot.factory);
    let on = true;
    const show = (): void => {
      // Nothing is read for this: before a reading there are no words.
      if (governance.statusWords().size === 0) {
        return;
      }
      void import('./watch').then(({ showMentions }) =>
        showMentions({ relay, governance, slot, trans }, () => on).catch(() => {
          // Whatever shows statuses tells why nothing can be read.
          slot.content = [];
        })
      );
    };
    governance.changed.connect(show);
    settings?.load(`${PLUGIN_NAMESPACE}:governance`).then(
      loaded => {
        const apply = (): void => {
          on = loaded.get('mentions').composite !== false;
          show();
        };
        apply();
        loaded.changed.connect(apply);
      },
      () => {
        // The plugin of the settings tells; mentions are on by default.
      }
    );
  }
};
