import { Clipboard } from '@jupyterlab/apputils';

/** Put text into the system's clipboard. */
export function copyText(text: string): void {
  Clipboard.copyToSystem(text);
}
