/** The list of plugins, nothing else. */
import approvals from './approvals/plugin';
import governance from './governance/plugin';
import mlflow from './mlflow/plugin';
import register from './register/plugin';
import registry from './registry/plugin';
import relay from './relay/plugin';

export * from './tokens';
export default [
  ...relay,
  ...registry,
  ...governance,
  ...register,
  ...approvals,
  ...mlflow
];
