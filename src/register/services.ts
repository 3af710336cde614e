/** Services that the register dialog works with. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IGovernance, IMLflow, IRegistry, IRelay } from '../tokens';
import type { IRegisterSettings } from './settings';

export interface IRegisterServices {
  relay: IRelay;
  registry: IRegistry;
  /** null: governance status is switched off. */
  governance: IGovernance | null;
  /** null: MLflow is switched off. */
  mlflow: IMLflow | null;
  /** Settings in force when the dialog opens. */
  settings: () => IRegisterSettings;
  trans: TranslationBundle;
}
