/** Opens the tabs of administrators; loaded with the first of them. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';

import type { ISetupServices } from './setup';
import type { IVocabularyServices } from './vocabularyForm';

interface IPlace {
  tracker: WidgetTracker<MainAreaWidget>;
  shell: JupyterFrontEnd.IShell;
}

/**
 * Show a tab; the one that is open already, if there is one.
 *
 * @param arg id of the console, or status word to look at
 */
export async function open(
  what: 'setup' | 'vocabulary',
  services: ISetupServices & IVocabularyServices,
  place: IPlace,
  arg: unknown
): Promise<MainAreaWidget> {
  const named = typeof arg === 'string' && arg ? arg : undefined;
  return what === 'setup'
    ? openSetup(services, place, named)
    : openVocabulary(services, place, named);
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
