/** Icons of tool bars; not part of the lab's start. */
import { LabIcon } from '@jupyterlab/ui-components';

/** Bars of falling length: the order of a list. */
export const sortIcon = new LabIcon({
  name: 'sagemaker-governance:sort',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path class="jp-icon3" fill="#616161" d="M3 3.2h10v1.6H3zM3 7.2h7v1.6H3zM3 11.2h4v1.6H3z"/></svg>`
});

/** Three dots, one above the other: more actions. */
export const moreIcon = new LabIcon({
  name: 'sagemaker-governance:more',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g class="jp-icon3" fill="#616161"><circle cx="8" cy="3.5" r="1.4"/><circle cx="8" cy="8" r="1.4"/><circle cx="8" cy="12.5" r="1.4"/></g></svg>`
});
