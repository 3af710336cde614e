/** Door of discovery. Heavy: behind `import()`. */
import { MainAreaWidget } from '@jupyterlab/apputils';

import type { ISetupServices } from './services';
import { SetupDocument } from './widget';

export { SetupDocument } from './widget';
export type { ISetupServices } from './services';

/** The console that a command means: the one named, else the first. */
export async function consoleOf(
  services: Pick<ISetupServices, 'relay'>,
  named: string | undefined
): Promise<string | null> {
  if (named) {
    return named;
  }
  // What keeps the configuration from being read is shown in the tab.
  const config = await services.relay.config().catch(() => null);
  return (
    config?.connections.find(({ kind }) => kind === 'openpages')?.id ?? null
  );
}

export function setupId(connection: string | null): string {
  return `sagemaker-governance-setup:${connection ?? ''}`;
}

/** A tab for a console. */
export function createSetup(
  services: ISetupServices,
  connection: string | null
): MainAreaWidget<SetupDocument> {
  const content = new SetupDocument({ services, connection });
  const widget = new MainAreaWidget({ content });
  widget.toolbar.hide();
  // Its constructor calls every content "main area content".
  content.node.setAttribute('aria-label', content.title.caption);
  widget.id = setupId(connection);
  return widget;
}
