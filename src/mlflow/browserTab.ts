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
 * Open a page that MLflow's own page wants beside it; where that would need an
 * address made by SageMaker, go there instead. Such an address is a key, made on
 * a click on a button of the lab's and never because a page says so: one click in
 * it would do for hundreds.
 */
export function openBeside(
  connection: IMLflowConnection,
  route: string,
  navigate: (route: string) => void
): void {
  if (tabWay(connection) === 'address') {
    openTab(publicAddress(connection, route));
  } else {
    navigate(route);
  }
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
      if (!openTab(publicAddress(connection, route))) {
        await sayHeld(trans);
      }
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
  if (hasGesture() && openTab(url)) {
    return;
  }
  // The answer took too long for the browser to take it for the click's, or it
  // holds all tabs of this page back.
  const held = hasGesture();
  const made = Date.now();
  const { button } = await showDialog({
    title: trans.__('%1 is ready', label),
    body: held
      ? trans.__(
          'The browser held the new tab back. If it does so again, allow pop-ups for this page.'
        )
      : trans.__('It opens in a new browser tab.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Open in a browser tab') })
    ]
  });
  if (!button.accept) {
    return;
  }
  if (Date.now() - made >= LINK_LIFE) {
    await openLink(relay, id, label, trans);
  } else if (!openTab(url)) {
    await sayHeld(trans);
  }
}

/** The browser opens no tab for this page at all. */
async function sayHeld(trans: TranslationBundle): Promise<void> {
  await showErrorMessage(
    trans.__('The browser opened no tab'),
    trans.__('Allow pop-ups for this page in the browser, then try again.')
  );
}

/**
 * @returns false when the browser held the tab back; with the feature `noopener`
 *   that could not be told, so the opener is taken away here
 */
function openTab(url: string): boolean {
  const tab = window.open(url, '_blank');
  if (!tab) {
    return false;
  }
  tab.opener = null;
  return true;
}
