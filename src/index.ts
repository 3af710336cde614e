/** The list of plugins, nothing else. */
import approvals from './approvals/plugin';
import doctor from './doctor/plugin';
import follow from './follow/plugin';
import governance from './governance/plugin';
import mlflow from './mlflow/plugin';
import register from './register/plugin';
import registry from './registry/plugin';
import relay from './relay/plugin';
import runs from './runs/plugin';

export * from './tokens';
export default [
  ...relay,
  ...registry,
  ...governance,
  ...follow,
  ...register,
  ...approvals,
  ...mlflow,
  ...runs,
  ...doctor
];
