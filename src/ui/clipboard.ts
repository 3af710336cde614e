import { Clipboard } from '@jupyterlab/apputils';

/**
 * Put text on the system's clipboard.
 *
 * @returns whether the browser let us
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No such API without https, or no right to it: the old way asks nobody.
    let done = false;
    const mark = (): void => {
      done = true;
    };
    document.body.addEventListener('copy', mark, { once: true });
    Clipboard.copyToSystem(text);
    document.body.removeEventListener('copy', mark);
    return done;
  }
}
