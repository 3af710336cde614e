import { type ISignal, Signal } from '@lumino/signaling';

import type {
  IGovernance,
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup,
  IOpenPagesConnection,
  IRelay,
  StatusBucket
} from '../tokens';
import { STALE_AFTER_MINUTES, TAG_KEY, VOCABULARY } from './defaults';
import type { IReading } from './sources/openpages';
import { Vocabulary, type IVocabularyRule } from './vocabulary';

type Engine = typeof import('./engine');

/** After a failure, sources are left alone for so long, ms. */
const RETRY_AFTER = 60_000;

/** A console with the readings under way. */
interface ISource extends IReading {
  /** Connection as text, to see that the configuration changed. */
  fingerprint: string;
  /** When the last reading began, ms since epoch. */
  attemptedAt: number;
  /** The reading under way; never rejects. */
  reading: Promise<void> | null;
  /** ARN key of a model group looked for -> when to look again, ms. */
  looked: Map<string, number>;
  /** Look-ups one after another; never rejects. */
  looking: Promise<void>;
}

/**
 * Governance status from OpenPages, model cards and tags.
 *
 * A console is read as a whole (see `readBook`) and kept; while a reading is
 * under way everybody waits for the same one. A reading that got old is shown
 * as it is and renewed behind, and `changed` tells.
 */
export class Governance implements IGovernance {
  constructor(options: Governance.IOptions) {
    this._relay = options.relay;
    this._now = options.now ?? Date.now;
  }

  get changed(): ISignal<IGovernance, void> {
    return this._changed;
  }

  /**
   * Take settings over.
   *
   * @throws VocabularyError when a pattern cannot be used; nothing is changed.
   */
  configure(settings: Partial<Governance.ISettings>): void {
    const vocabulary = settings.vocabulary
      ? new Vocabulary(settings.vocabulary)
      : this._vocabulary;
    this._vocabulary = vocabulary;
    this._tagKey = settings.tagKey ?? this._tagKey;
    this._staleAfter =
      settings.staleAfterMinutes === undefined
        ? this._staleAfter
        : settings.staleAfterMinutes * 60_000;
    this._changed.emit();
  }

  bucketOf(status: string): StatusBucket {
    return this._vocabulary.bucketOf(status);
  }

  /** Status that the last `resolve` gave for a group, undefined: never. */
  known(arn: string): IGovernanceStatus | undefined {
    return this._known.get(arn.toLowerCase());
  }

  /**
   * Resolve groups.
   *
   * A failing console never rejects: it is an answer. What rejects is the lab
   * itself (`RelayError`: no configuration).
   */
  async resolve(
    groups: readonly IModelPackageGroup[],
    latest?: ReadonlyMap<string, IModelPackage | null>
  ): Promise<Map<string, IGovernanceStatus>> {
    const engine = await this._engine();
    const sources = await this._current();
    await Promise.all(
      sources.map(async source => {
        await this._ensure(engine, source);
        await this._lookFor(engine, source, groups);
      })
    );
    const statuses = new Map<string, IGovernanceStatus>();
    for (const group of groups) {
      const key = engine.arnKey(group.arn);
      const status = engine.resolveStatus({
        group,
        latest: latest?.get(group.arn),
        latestPending: !!latest && !latest.has(group.arn),
        readings: sources,
        vocabulary: this._vocabulary,
        tagKey: this._tagKey,
        now: this._now(),
        staleAfter: this._staleAfter,
        lastKnown: this._lastKnown.get(key) ?? null
      });
      const word = status.useCase?.status;
      if (status.source === 'openpages' && word && status.readAt !== null) {
        this._lastKnown.set(key, { status: word, readAt: status.readAt });
      }
      this._known.set(key, status);
      statuses.set(group.arn, status);
    }
    return statuses;
  }

  async refresh(): Promise<void> {
    const engine = await this._engine();
    const sources = await this._current();
    await Promise.all(sources.map(source => this._read(engine, source)));
    this._changed.emit();
  }

  private _engine(): Promise<Engine> {
    return import('./engine');
  }

  /** One source per configured console, kept while its configuration is. */
  private async _current(): Promise<ISource[]> {
    const { connections } = await this._relay.config();
    const consoles = connections.filter(
      (connection): connection is IOpenPagesConnection =>
        connection.kind === 'openpages'
    );
    this._sources = consoles.map(connection => {
      const fingerprint = JSON.stringify(connection);
      return (
        this._sources.find(source => source.fingerprint === fingerprint) ?? {
          connection,
          fingerprint,
          book: null,
          error: null,
          attemptedAt: 0,
          reading: null,
          looked: new Map(),
          looking: Promise.resolve()
        }
      );
    });
    return this._sources;
  }

  /** Wait for the first reading; renew an old one behind. */
  private async _ensure(engine: Engine, source: ISource): Promise<void> {
    const now = this._now();
    if (source.reading) {
      return source.book ? undefined : source.reading;
    }
    const due = source.error
      ? now - source.attemptedAt > RETRY_AFTER
      : !source.book || now - source.book.readAt > this._staleAfter;
    if (!due) {
      return;
    }
    const reading = this._read(engine, source);
    if (!source.book) {
      return reading;
    }
    void reading.then(() => this._changed.emit());
  }

  /** Read a console; joins a reading that is under way. */
  private _read(engine: Engine, source: ISource): Promise<void> {
    if (!source.reading) {
      source.attemptedAt = this._now();
      const client = this._client(engine, source);
      source.reading = engine
        .readBook(client, source.connection, this._now())
        .then(
          book => {
            source.book = book;
            source.error = null;
            source.looked.clear();
          },
          (error: unknown) => {
            // Kept: it becomes part of every answer until a reading succeeds.
            source.error = error;
          }
        )
        .finally(() => {
          source.reading = null;
        });
    }
    return source.reading;
  }

  /** Look for groups that the joined reading did not have. */
  private _lookFor(
    engine: Engine,
    source: ISource,
    groups: readonly IModelPackageGroup[]
  ): Promise<void> {
    const look = async (): Promise<void> => {
      const { book } = source;
      if (!book || source.error) {
        return;
      }
      const now = this._now();
      const missing = groups
        .map(group => group.arn)
        .filter(
          arn =>
            !book.linksByArn(arn).length &&
            (source.looked.get(engine.arnKey(arn)) ?? 0) <= now
        );
      if (!missing.length) {
        return;
      }
      const client = this._client(engine, source);
      let again = Infinity;
      try {
        await engine.readOrphans(client, book, missing);
      } catch (error) {
        for (const arn of missing) {
          book.orphans.set(engine.arnKey(arn), {
            group: { id: '', name: null, arn },
            parent: 'unknown',
            error
          });
        }
        again = now + RETRY_AFTER;
      }
      for (const arn of missing) {
        source.looked.set(engine.arnKey(arn), again);
      }
    };
    source.looking = source.looking.then(look);
    return source.looking;
  }

  private _client(
    engine: Engine,
    source: ISource
  ): InstanceType<Engine['OpenPagesClient']> {
    return new engine.OpenPagesClient({
      relay: this._relay,
      connection: source.connection.id
    });
  }

  private _relay: Pick<IRelay, 'config' | 'request'>;
  private _now: () => number;
  private _vocabulary = new Vocabulary(VOCABULARY);
  private _tagKey = TAG_KEY;
  private _staleAfter = STALE_AFTER_MINUTES * 60_000;
  private _sources: ISource[] = [];
  private _known = new Map<string, IGovernanceStatus>();
  private _lastKnown = new Map<string, { status: string; readAt: number }>();
  private _changed = new Signal<IGovernance, void>(this);
}

export namespace Governance {
  export interface IOptions {
    relay: Pick<IRelay, 'config' | 'request'>;
    /** Clock, ms since epoch; the real one when absent. */
    now?: () => number;
  }

  /** Settings of `schema/governance.json`. */
  export interface ISettings {
    vocabulary: readonly IVocabularyRule[];
    staleAfterMinutes: number;
    tagKey: string;
  }
}
