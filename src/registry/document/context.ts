import type { IThemeManager } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import type { IGovernance, IRegistry, IRelay } from '../../tokens';

/** What the document's parts use of the lab. */
export interface IDocumentServices {
  relay: IRelay;
  registry: IRegistry;
  /** null: switched off. */
  governance: IGovernance | null;
  /** null: no plot. */
  rendermime: IRenderMimeRegistry | null;
  themes: IThemeManager | null;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

const Services = React.createContext<IDocumentServices | null>(null);

export const ServicesProvider = Services.Provider;

/** Services of the document around a component. */
export function useServices(): IDocumentServices {
  const services = React.useContext(Services);
  if (!services) {
    throw new Error('A part of the group document stands outside of it.');
  }
  return services;
}
