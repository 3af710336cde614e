import { LabIcon } from '@jupyterlab/ui-components';

/** Curve over points: experiments. */
export const mlflowIcon = new LabIcon({
  name: 'sagemaker-governance:mlflow',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M3 3h2v16h16v2H3V3zm14.6 2.3 1.6 1.2-5.1 6.8-3.7-2.5-3.1 4.4-1.6-1.2 4.2-6 3.8 2.6 3.9-5.3z"/></svg>`
});
