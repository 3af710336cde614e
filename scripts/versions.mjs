/** JupyterLab versions that the wheel is tried in; the first is the demo's. */
export const LABS = {
  current: '4.6.6',
  previous: '4.5.11',
  oldest: '4.4.10'
};
