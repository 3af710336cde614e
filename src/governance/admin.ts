/** Opens the tabs of administrators; loaded with the first of them. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import type { ISetupServices } from './setup';
import type { IVocabularyServices } from './vocabularyForm';

/** Which tab. */
export type AdminTab = 'setup' | 'vocabulary';

interface IPlace {
  args: ReadonlyPartialJSONObject;
  tracker: WidgetTracker<MainAreaWidget>;
  shell: JupyterFrontEnd.IShell;
}

/** Arguments of the command that opens a tab. */
export function schemaOf(
  what: AdminTab,
  trans: TranslationBundle
): ReadonlyJSONObject {
  return {
    type: 'object',
    properties:
      what === 'setup'
        ? {
            connection: {
              type: 'string',
              description: trans.__('Id of the OpenPages connection')
            }
          }
        : {
            word: {
              type: 'string',
              description: trans.__('Status word to look at')
            }
          }
  };
}

/** Show a tab; the one that is open already, if there is one. */
export async function open(
  what: AdminTab,
  services: ISetupServices & IVocabularyServices,
  place: IPlace
): Promise<MainAreaWidget> {
  const { connection, word } = place.args;
  return what === 'setup'
    ? openSetup(services, place, nameOf(connection))
    : openVocabulary(services, place, nameOf(word));
}

function nameOf(arg: unknown): string | undefined {
  return typeof arg === 'string' && arg ? arg : undefined;
}

async function openSetup(
  services: ISetupServices,
  place: IPlace,
  named: string | undefined
): Promise<MainAreaWidget> {
  const { consoleOf, createSetup, setupId } = await import('./setup');
  const id = await consoleOf(services, named);
  const found = place.tracker.find(widget => widget.id === setupId(id));
  return show(place, found ?? createSetup(services, id));
}

async function openVocabulary(
  services: IVocabularyServices,
  place: IPlace,
  word: string | undefined
): Promise<MainAreaWidget> {
  const { VocabularyTab } = await import('./vocabularyForm');
  const found = place.tracker.find(
    widget => widget instanceof VocabularyTab
  ) as InstanceType<typeof VocabularyTab> | undefined;
  const widget = found ?? new VocabularyTab(services);
  if (word) {
    widget.content.mark(word);
  }
  return show(place, widget);
}

async function show(
  { tracker, shell }: IPlace,
  widget: MainAreaWidget
): Promise<MainAreaWidget> {
  if (!widget.isAttached) {
    shell.add(widget, 'main');
  }
  if (!tracker.has(widget)) {
    await tracker.add(widget);
  }
  shell.activateById(widget.id);
  return widget;
}
