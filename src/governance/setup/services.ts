import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { IGovernance, IRegistry, IRelay } from '../../tokens';

/** What discovery needs of the lab. */
export interface ISetupServices {
  relay: Pick<IRelay, 'config' | 'request' | 'reset'>;
  registry: Pick<IRegistry, 'listGroups' | 'listSharedGroups'>;
  governance: IGovernance;
  state: IStateDB | null;
  commands: CommandRegistry;
  trans: TranslationBundle;
  /** Status words that a console may give, by connection; added to. */
  listed: Map<string, readonly string[]>;
}
