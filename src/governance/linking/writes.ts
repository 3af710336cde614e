/**
 * Writing associations in OpenPages.
 *
 * Every write is safe to repeat: what is already so is left alone, and after an
 * answer that was lost the console is asked what became of it.
 */
import { isAbort, RelayError } from '../../relay';
import { OpenPagesError } from '../errors';
import { OpenPagesClient } from '../openpages';

/** What this console says when two writes meet (IBM's labs). */
const TOUCHED = /recently updated by another user/i;

/** Nobody knows whether a write went through: its answer was lost. */
export class UnclearError extends Error {
  constructor(readonly failure: unknown) {
    super(failure instanceof Error ? failure.message : String(failure));
    this.name = 'UnclearError';
  }
}

/** Whether a write was refused since another one came in between. */
export function isTouched(error: unknown): boolean {
  return error instanceof OpenPagesError && TOUCHED.test(error.message);
}

/** What a write came to. */
export type Outcome =
  /** It was so before. */
  'already' | 'written';

/** An object would be left without a parent, which OpenPages refuses. */
export class OnlyParentError extends Error {
  constructor(readonly parent: string) {
    super('OpenPages takes away no object’s only parent.');
    this.name = 'OnlyParentError';
  }
}

/** Writes to one OpenPages console. */
export class OpenPagesWriter extends OpenPagesClient {
  /**
   * Whether this user may associate an object with others.
   *
   * @returns null when the console does not tell: then its answer to the write
   * decides.
   * @throws OpenPagesError, RelayError
   */
  async mayAssociate(
    id: string,
    signal?: AbortSignal
  ): Promise<boolean | null> {
    const path = `api/v2/contents/${encodeURIComponent(id)}/permissions/effective`;
    let body: unknown;
    try {
      body = await this.get(path, signal);
    } catch (error) {
      if (error instanceof OpenPagesError && error.denied) {
        return false;
      }
      throw error;
    }
    const may = (body as { can_associate?: unknown } | null)?.can_associate;
    return typeof may === 'boolean' ? may : null;
  }

  /**
   * Put an object below a parent.
   *
   * @param tried - an earlier try may have gone through: a parent that is there
   * is ours then.
   * @throws UnclearError, OpenPagesError, RelayError
   */
  async addParent(
    id: string,
    parent: string,
    tried: boolean,
    signal?: AbortSignal
  ): Promise<Outcome> {
    const there = async (): Promise<boolean> =>
      (await this.parents(id, signal)).some(one => one.id === parent);
    if (await there()) {
      return tried ? 'written' : 'already';
    }
    const path = `api/v2/contents/${encodeURIComponent(id)}/associations`;
    await this._write(
      () =>
        this.send(
          path,
          {
            method: 'POST',
            body: JSON.stringify({
              associations: [{ id: parent, type: 'parent' }]
            }),
            signal
          },
          `POST ${path}: parent ${parent}`
        ),
      there
    );
    return 'written';
  }

  /**
   * Take an object away from a parent.
   *
   * @throws OnlyParentError, UnclearError, OpenPagesError, RelayError
   */
  async removeParent(
    id: string,
    parent: string,
    tried: boolean,
    signal?: AbortSignal
  ): Promise<Outcome> {
    const gone = async (): Promise<boolean> =>
      !(await this.parents(id, signal)).some(one => one.id === parent);
    const parents = await this.parents(id, signal);
    if (!parents.some(one => one.id === parent)) {
      return tried ? 'written' : 'already';
    }
    if (parents.length === 1) {
      throw new OnlyParentError(parent);
    }
    const path = `api/v2/contents/${encodeURIComponent(id)}/associations?parents=${encodeURIComponent(parent)}`;
    await this._write(
      () => this.send(path, { method: 'DELETE', signal }, `DELETE ${path}`),
      gone
    );
    return 'written';
  }

  /**
   * Send, once more where another write came in between, and where no answer
   * says what became of it look.
   *
   * @throws UnclearError also where the look shows nothing, but the write may
   * still be under way behind a connection that broke or timed out.
   */
  private async _write(
    send: () => Promise<string>,
    done: () => Promise<boolean>
  ): Promise<void> {
    let failure: unknown;
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await send();
        return;
      } catch (error) {
        failure = error;
        if (isAbort(error)) {
          throw new UnclearError(error);
        }
        const touched = isTouched(error);
        if (!touched && !isUnclear(error)) {
          throw error;
        }
        const shown = await done().catch(() => null);
        if (shown) {
          return;
        }
        if (!touched) {
          // Where even the look fails, the first failure tells more.
          throw shown === null || mayComeLate(error)
            ? new UnclearError(error)
            : error;
        }
      }
    }
    throw failure;
  }
}

/** Whether the console may still be at it. */
function mayComeLate(error: unknown): boolean {
  return (
    error instanceof RelayError ||
    (error instanceof OpenPagesError && error.status === 504)
  );
}

/** Whether a failed write may have gone through all the same. */
function isUnclear(error: unknown): boolean {
  return (
    error instanceof RelayError ||
    (error instanceof OpenPagesError && error.reason === 'unavailable')
  );
}
