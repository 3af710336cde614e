/** Who uses MLflow in this browser. Part of the lab's start: keep it small. */

const KEY = 'jupyterlab-sagemaker-governance:mlflow-used';
/** Ms after which somebody does not use MLflow any more. */
const LATELY = 14 * 24 * 3600_000;

/** Note that MLflow of a connection was shown. */
export function noteUse(id: string): void {
  try {
    window.localStorage.setItem(KEY, `${Date.now()} ${id}`);
  } catch {
    // Without storage nothing is made ready.
  }
}

/** The connection that was shown last, if that is not long ago. */
export function lastUse(): string | null {
  try {
    const [time, id] = window.localStorage.getItem(KEY)?.split(' ') ?? [];
    return id && Date.now() - Number(time) < LATELY ? id : null;
  } catch {
    return null;
  }
}
