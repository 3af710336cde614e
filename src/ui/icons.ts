import { LabIcon } from '@jupyterlab/ui-components';

/** Shield with a tick: the sidebar, the launcher, the tabs of groups. */
export const governanceIcon = new LabIcon({
  name: 'sagemaker-governance:governance',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M12 2 4 5v6c0 5 3.4 9.4 8 11 4.6-1.6 8-6 8-11V5l-8-3zm0 2.1 6 2.3V11c0 3.9-2.5 7.3-6 8.8-3.5-1.5-6-4.9-6-8.8V6.4l6-2.3zm3.9 4.7L11 13.7l-2.4-2.4-1.4 1.4L11 16.5l6.3-6.3z"/></svg>`
});
