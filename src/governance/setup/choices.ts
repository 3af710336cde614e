/** What somebody decided, kept until the configuration is copied. */
import type { IStateDB } from '@jupyterlab/statedb';
import type { JSONObject } from '@lumino/coreutils';

import { PLUGIN_NAMESPACE } from '../../tokens';
import { AUTH_TYPES, SECRET_SOURCES } from './block';
import { FIELD_SLOTS, TYPE_SLOTS } from './names';
import type { IChoices } from './snapshot';

export const NO_CHOICES: IChoices = {
  slots: {},
  entities: {},
  auth: 'mcsp',
  secret: 'secretsmanager'
};

/** Choices of one console in a state database; null: nothing keeps them. */
export class KeptChoices {
  constructor(
    private _state: Pick<IStateDB, 'fetch' | 'save' | 'remove'> | null,
    connection: string
  ) {
    this._key = `${PLUGIN_NAMESPACE}:setup:${connection}`;
  }

  /** @returns null when there are none, or the database does not answer */
  async read(): Promise<IChoices | null> {
    const kept = await this._state?.fetch(this._key).catch(() => undefined);
    return kept && typeof kept === 'object' && !Array.isArray(kept)
      ? choicesIn(kept as Record<string, unknown>)
      : null;
  }

  /** A state database that does not answer loses choices, nothing else. */
  write(choices: IChoices): void {
    void this._state
      ?.save(this._key, choices as unknown as JSONObject)
      .catch(() => undefined);
  }

  forget(): void {
    void this._state?.remove(this._key).catch(() => undefined);
  }

  private readonly _key: string;
}

/** What of an object are choices; another version may have written it. */
function choicesIn(kept: Record<string, unknown>): IChoices {
  const slots = namesIn(kept.slots);
  const { taskViewUrl } = kept;
  return {
    slots: Object.fromEntries(
      [...TYPE_SLOTS, ...FIELD_SLOTS].flatMap(slot =>
        slot in slots ? [[slot, slots[slot]]] : []
      )
    ),
    entities: namesIn(kept.entities),
    auth: AUTH_TYPES.find(one => one === kept.auth) ?? NO_CHOICES.auth,
    secret:
      SECRET_SOURCES.find(one => one === kept.secret) ?? NO_CHOICES.secret,
    ...(typeof taskViewUrl === 'string' ? { taskViewUrl } : {})
  };
}

/** Members that are a name, or none on purpose. */
function namesIn(value: unknown): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(value && typeof value === 'object' ? value : {}).filter(
      ([, name]) => name === null || typeof name === 'string'
    )
  ) as Record<string, string | null>;
}
