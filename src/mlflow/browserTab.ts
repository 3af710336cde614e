/** MLflow in a browser tab of its own, outside the lab. */
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeError } from '../relay';
import type { IMLflowConnection, IRelay } from '../tokens';
import { makeLink } from './servers';
import { hasGesture } from './wishes';

/** ms after which an address that SageMaker made is not opened any more. */
const LINK_LIFE = 50_000;

/**
 * How a connection opens in a tab; null: it does not.
 *
 * What is open in a tab is not held by the read-only switch: then only an
 * administrator who asked for a tab gets one.
 */
export function tabWay({
  link,
  publicUrl,
  readOnly,
  ui
}: IMLflowConnection): 'link' | 'address' | null {
  if (publicUrl && (!readOnly || ui === 'tab')) {
    return 'address';
  }
  return link && !readOnly ? 'link' : null;
}

/** Address of a fragment route outside the lab. */
export function publicAddress(
  { publicUrl }: IMLflowConnection,
  route: string
): string {
  return `${(publicUrl ?? '').replace(/[#?].*$/, '')}#${route}`;
}

/**
 * Open MLflow outside the lab. To be called on a person's click: an address made
 * by SageMaker is a key, asked for only now and forgotten at once.
 *
 * @param route fragment route; such an address opens at the start page
 */
export async function openInBrowserTab(
  relay: IRelay,
  connection: IMLflowConnection,
  route: string,
  trans: TranslationBundle
): Promise<void> {
  const { id, label, ui, readOnly } = connection;
  switch (tabWay(connection)) {
    case 'address':
      openTab(publicAddress(connection, route));
      return;
    case 'link':
      await openLink(relay, id, label, trans);
      return;
    default:
      await showDialog({
        title: trans.__('%1 is not shown in the lab', label),
        body:
          ui === 'none'
            ? trans.__('Your administrator has switched MLflow’s pages off.')
            : readOnly
              ? trans.__(
                  'The connection is read only, which a browser tab would not be: none is opened.'
                )
              : trans.__(
                  'It opens in a browser tab, but no address for that is configured. Ask your administrator for “public_url”.'
                ),
        buttons: [Dialog.okButton({ label: trans.__('Close') })]
      });
  }
}

async function openLink(
  relay: IRelay,
  id: string,
  label: string,
  trans: TranslationBundle
): Promise<void> {
  let url: string;
  try {
    url = await makeLink(relay, id);
  } catch (error) {
    const problem = describeError(error, trans);
    await showErrorMessage(
      problem.title,
      [problem.message, problem.hint].filter(Boolean).join(' ')
    );
    return;
  }
  if (hasGesture()) {
    openTab(url);
    return;
  }
  // The answer took so long that the browser would hold the tab back.
  const made = Date.now();
  const { button } = await showDialog({
    title: trans.__('%1 is ready', label),
    body: trans.__('It opens in a new browser tab.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Open in a browser tab') })
    ]
  });
  if (button.accept) {
    if (Date.now() - made < LINK_LIFE) {
      openTab(url);
    } else {
      await openLink(relay, id, label, trans);
    }
  }
}

function openTab(url: string): void {
  window.open(url, '_blank', 'noopener,noreferrer');
}
