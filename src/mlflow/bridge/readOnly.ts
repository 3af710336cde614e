/**
 * What MLflow's page does not offer since the relay refuses it: the assistant, and
 * where only reads are let through what writes.
 *
 * MLflow marks its controls for its own telemetry and tests (`data-component-id`,
 * `data-testid`). The marks of the controls below are the same in 2.22.5 and
 * 3.17.2, down to the line numbers in them, or came with the feature. What a
 * version adds stays to be seen until it is listed here; the relay refuses it,
 * and the tab says so.
 */

/** Beginnings of `data-component-id`, without case. */
const COMPONENTS: readonly string[] = [
  // Experiments and runs.
  'mlflow.home.experiments.create',
  'mlflow.experiment_list_table.create_experiment',
  'mlflow.experiment_list_view.new_experiment_button',
  'mlflow.experiment_list_view.rename_experiment_button',
  'mlflow.experiment_list_view.delete_experiment_button',
  'mlflow.experiment_list_view.bulk_delete_button',
  'mlflow.experiment.list.tag.add',
  'mlflow.experiment.metadata_editor.edit_button',
  'mlflow.experiment-tracking.experiment-description.edit',
  'mlflow.experiment_page.runs.add_',
  'mlflow.run_details.overview.tags.edit_button',
  'codegen_mlflow_app_src_experiment-tracking_components_run-page_overview_runviewdescriptionbox.tsx_',
  'codegen_mlflow_app_src_common_components_keyvaluetagseditorcell.tsx_',
  // Logged and registered models.
  'mlflow.logged_model.details.delete_button',
  'mlflow.logged_models.details.description.edit',
  'codegen_mlflow_app_src_model-registry_components_createmodelbutton.tsx_',
  'codegen_mlflow_app_src_model-registry_components_promotemodelbutton.tsx_',
  'codegen_mlflow_app_src_model-registry_components_aliases_modelversiontablealiasescell.tsx_',
  'codegen_mlflow_app_src_model-registry_components_aliases_modelversionviewaliaseditor.tsx_',
  'codegen_mlflow_app_src_common_components_editabletagstableview.tsx_',
  'codegen_mlflow_app_src_common_components_tables_editableformtable.tsx_145',
  'codegen_mlflow_app_src_common_components_tables_editableformtable.tsx_151',
  // Prompts, traces, evaluation, users.
  'mlflow.prompts.list.create',
  'mlflow.prompts.list.tag.add',
  'mlflow.prompts.details.create',
  'mlflow.prompts.details.actions.delete',
  'mlflow.prompts.details.delete_version',
  'mlflow.prompts.details.tags.edit',
  'mlflow.prompts.details.version.add_tags',
  'mlflow.prompts.details.version.edit_tags',
  'mlflow.tags_cell_renderer.traces_table.edit_tag',
  'mlflow.chat-sessions.delete-sessions',
  'mlflow.eval-datasets.create-dataset-button',
  'mlflow.eval-datasets-v2.create-dataset.button',
  'shared.model-trace-explorer.assessment-create-button',
  'shared.model-trace-explorer.assessment-delete-button',
  'shared.model-trace-explorer.assessment-edit-button',
  'shared.model-trace-explorer.header-details.edit-tags',
  'admin.roles.create_button',
  'admin.roles.bulk_delete_button',
  'admin.users.create_button',
  'admin.users.bulk_delete_button'
];

/** Values of `data-testid`, in places `data-test-id`. */
const TEST_IDS: readonly string[] = [
  'descriptionEditButton',
  'run-rename-button',
  'runs-add-new-tag-button',
  'runs-delete-button',
  'runs-restore-button',
  'runs-tag-multiselect-trigger'
];

/** Entries of menus stay, greyed: an empty menu would look broken. */
const ENTRIES: readonly string[] = [
  'overflow-rename-button',
  'overflow-delete-button',
  'rename',
  'delete'
];

/** In menus of a selection, which has other entries too. */
const ENTRY_COMPONENTS: readonly string[] = [
  'mlflow.eval-datasets-v2.detail.actions.delete-dataset',
  'mlflow.eval-datasets-v2.list.row.delete',
  'mlflow.eval-runs.actions.delete',
  'mlflow.genai-traces-table.delete-',
  'mlflow.genai-traces-table.edit-tags',
  'mlflow.traces-v4.actions.delete',
  'mlflow.traces-v4.actions.edit-tags'
];

const byComponent = (name: string): string =>
  `[data-component-id^="${name}" i]`;
const byTestId = (name: string, before = ''): string =>
  `${before}[data-testid="${name}"],${before}[data-test-id="${name}"]`;

/**
 * One selector for all of them, as strong as an id: MLflow's own rules are
 * `!important` too, and name several classes.
 */
const anyOf = (selectors: string[]): string =>
  `:is(${['#_', ...selectors].join(',')})`;

/**
 * Style sheet for every frame: the relay passes on nothing of the assistant, which
 * would run commands on the server (MLflow 3.10.1 and 3.17.2 mark all of it so).
 */
export const REFUSED_STYLE = `${anyOf(['[data-assistant-ui]'])}{display:none!important}`;

/** Likewise for the frame of a connection that only reads. */
export const READ_ONLY_STYLE = [
  anyOf([
    ...COMPONENTS.map(byComponent),
    ...TEST_IDS.map(name => byTestId(name))
  ]),
  '{display:none!important}',
  anyOf([
    ...ENTRIES.map(name => byTestId(name, '[role="menuitem"]')),
    ...ENTRY_COMPONENTS.map(byComponent)
  ]),
  '{opacity:.4!important;pointer-events:none!important}'
].join('');
