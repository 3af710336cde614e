import type { IStateDB } from '@jupyterlab/statedb';
import { type ISignal, Signal } from '@lumino/signaling';

import type {
  IGovernance,
  IGovernanceStatus,
  IModelGroupObject,
  IModelPackage,
  IModelPackageGroup,
  IOpenPagesConnection,
  IRelay,
  IUseCase,
  StatusBucket
} from '../tokens';
import { STALE_AFTER_MINUTES, TAG_KEY, VOCABULARY } from './defaults';
import type { LastKnown } from './lastKnown';
import { lookWhileVisible } from './lookWhileVisible';
import type { Book, IOrphan } from './sources/book';
import type { IReading } from './sources/openpages';
import { Vocabulary, type IVocabularyRule } from './vocabulary';

type Engine = typeof import('./engine');

/** After a failure, sources are left alone for so long, ms. */
const RETRY_AFTER = 60_000;

/** Model groups looked at one by one after each reading of a console. */
const MAX_LOOKS = 10;

/** A console with the readings under way. */
interface ISource extends IReading {
  /** Connection as text, to see that the configuration changed. */
  fingerprint: string;
  /** When the last reading began, ms since epoch. */
  attemptedAt: number;
  /** The reading under way; never rejects. */
  reading: Promise<void> | null;
  /** ARN key of a model group looked at -> when to look again, ms. */
  looked: Map<string, number>;
  /** ARN keys of model groups whose link only a look has shown so far. */
  ahead: Set<string>;
  /** Looks since the last reading, of questions about many groups. */
  looks: number;
  /** Looks one after another; never rejects. */
  looking: Promise<void>;
  /** Reading of which `changed` has told that it is old. */
  toldOld: Book | null;
}

/**
 * Governance status from OpenPages, model cards and tags.
 *
 * A console is read as a whole (see `readBook`) and kept; while a reading is
 * under way everybody waits for the same one. A reading that got old is shown
 * as it is and renewed behind. `changed` tells of every reading, the first too,
 * and of a reading that gets old while the page is visible: what was green on
 * screen is then asked for again.
 *
 * Calls per console and reading, however many groups are asked for and however
 * often: the pages that `readBook` counts, and looks at no more than 10 model
 * groups above which nothing is visible (`lookAbove`: a call for the parents,
 * and one per parent that the reading does not know). Further ones of these
 * could not be read until somebody asks for one alone (opens its document):
 * that is one look, once per reading.
 */
export class Governance implements IGovernance {
  constructor(options: Governance.IOptions) {
    this._relay = options.relay;
    this._state = options.state ?? null;
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
    const words = await (this._words ??= engine.LastKnown.load(
      this._state,
      sources.map(source => source.connection.id),
      this._now()
    ));
    await Promise.all(
      sources.map(async source => {
        await this._ensure(engine, source);
        await this._lookAbove(engine, source, groups);
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
        lastKnown: words.get(key)
      });
      remember(words, key, status);
      this._known.set(key, status);
      statuses.set(group.arn, status);
    }
    void words.save();
    return statuses;
  }

  async refresh(): Promise<void> {
    const engine = await this._engine();
    const sources = await this._current();
    await Promise.all(sources.map(source => this._read(engine, source)));
    this._changed.emit();
  }

  async useCases(connection: string): Promise<readonly IUseCase[]> {
    const engine = await this._engine();
    const source = (await this._current()).find(
      ({ connection: { id } }) => id === connection
    );
    if (!source) {
      return [];
    }
    return (await this._readBook(engine, source)).useCases;
  }

  async modelGroups(
    group: IModelPackageGroup
  ): Promise<readonly IModelGroupObject[]> {
    const engine = await this._engine();
    const sources = (await this._current()).filter(source =>
      engine.concerns(source, group)
    );
    const objects = await Promise.all(
      sources.map(async source => {
        const book = await this._readBook(engine, source);
        await this._lookAbove(engine, source, [group]);
        return book.modelGroups(group);
      })
    );
    return objects.flat();
  }

  statusWords(): ReadonlyMap<string, number> {
    const words = new Map<string, number>();
    for (const { book } of this._sources) {
      for (const { status } of book?.useCases ?? []) {
        if (status) {
          words.set(status, (words.get(status) ?? 0) + 1);
        }
      }
    }
    return words;
  }

  /** The last reading of a console. @throws what its reading failed with */
  private async _readBook(engine: Engine, source: ISource): Promise<Book> {
    await this._ensure(engine, source);
    if (!source.book) {
      throw source.error;
    }
    return source.book;
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
          ahead: new Set(),
          looks: 0,
          looking: Promise.resolve(),
          toldOld: null
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
    const broken = source.error ?? passing(source.book?.orphanError);
    const due = broken
      ? now - source.attemptedAt > RETRY_AFTER
      : !source.book || this._isOld(source.book.readAt);
    if (!due) {
      return;
    }
    const reading = this._read(engine, source);
    const renewed = reading.then(() => this._changed.emit());
    // Whoever asks first waits; `changed` then tells those who did not ask.
    return source.book ? undefined : renewed;
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
            if (!this._watchesAge) {
              this._watchesAge = true;
              lookWhileVisible(() => this._tellAge());
            }
            source.looked.clear();
            source.looks = 0;
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

  /** Tell of readings that have become old, once of each. */
  private _tellAge(): void {
    const old = this._sources.filter(
      ({ book, toldOld }) =>
        book && book !== toldOld && this._isOld(book.readAt)
    );
    if (old.length) {
      old.forEach(source => (source.toldOld = source.book));
      this._changed.emit();
    }
  }

  private _isOld(readAt: number): boolean {
    return this._now() - readAt > this._staleAfter;
  }

  /** Look at groups above which the reading shows nothing; see the class. */
  private _lookAbove(
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
      const alone = groups.length === 1;
      const wanted = new Map<string, IOrphan>();
      for (const { arn } of groups) {
        const key = engine.arnKey(arn);
        const orphan = book.orphans.get(key);
        if (
          orphan &&
          // The query service may show such a link later than the object does.
          (alone || orphan.parent === 'unknown' || source.ahead.has(key)) &&
          !book.linksByArn(arn).length &&
          (source.looked.get(key) ?? 0) <= now
        ) {
          wanted.set(key, orphan);
        }
      }
      const chosen = [...wanted].slice(0, alone ? 1 : MAX_LOOKS - source.looks);
      if (!chosen.length) {
        return;
      }
      source.looks += alone ? 0 : chosen.length;
      const client = this._client(engine, source);
      await Promise.all(
        chosen.map(async ([key, orphan]) => {
          await engine.lookAbove(client, book, orphan);
          source.looked.set(key, orphan.error ? now + RETRY_AFTER : Infinity);
          if (!book.linksByArn(orphan.group.arn ?? '').length) {
            source.ahead.delete(key);
          } else if (!source.ahead.has(key)) {
            source.ahead.add(key);
            // Who has asked before knows nothing of it.
            this._changed.emit();
          }
        })
      );
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
  private _state: Pick<IStateDB, 'fetch' | 'save'> | null;
  private _now: () => number;
  private _vocabulary = new Vocabulary(VOCABULARY);
  private _tagKey = TAG_KEY;
  private _staleAfter = STALE_AFTER_MINUTES * 60_000;
  private _sources: ISource[] = [];
  private _known = new Map<string, IGovernanceStatus>();
  private _words: Promise<LastKnown> | null = null;
  private _watchesAge = false;
  private _changed = new Signal<IGovernance, void>(this);
}

/** Note what OpenPages said of a group, or that it says nothing any more. */
function remember(
  words: LastKnown,
  key: string,
  status: IGovernanceStatus
): void {
  const { useCase, readAt, source } = status;
  if (status.state === 'not-linked' || status.state === 'no-status') {
    words.forget(key);
  } else if (source === 'openpages' && useCase?.status && readAt !== null) {
    const said = status.answers.find(answer => answer.useCase === useCase);
    words.set(key, {
      connection: said?.connection ?? '',
      status: useCase.status,
      readAt
    });
  }
}

/** A failure that may be over by the next try; null: it will not. */
function passing(error: unknown): unknown {
  return (error as { retryable?: boolean } | null | undefined)?.retryable
    ? error
    : null;
}

export namespace Governance {
  export interface IOptions {
    relay: Pick<IRelay, 'config' | 'request'>;
    /** Keeps last known words over a reload; null or absent: nothing does. */
    state?: Pick<IStateDB, 'fetch' | 'save'> | null;
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
