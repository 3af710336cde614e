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
   * @throws OpenPagesError, RelayError
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
   * @throws OnlyParentError, OpenPagesError, RelayError
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
          throw error;
        }
        const touched =
          error instanceof OpenPagesError && TOUCHED.test(error.message);
        if (!touched && !isUnclear(error)) {
          throw error;
        }
        // Where even this look fails, the first failure tells more.
        if (await done().catch(() => false)) {
          return;
        }
        if (!touched) {
          throw error;
        }
      }
    }
    throw failure;
  }
}

/** Whether a failed write may have gone through all the same. */
function isUnclear(error: unknown): boolean {
  return (
    error instanceof RelayError ||
    (error instanceof OpenPagesError && error.reason === 'unavailable')
  );
}
