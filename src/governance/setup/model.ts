/** Discovery of one console: reads step by step, keeps choices, tells. */
import type { IStateDB } from '@jupyterlab/statedb';
import { type ISignal, Signal } from '@lumino/signaling';

import { isAbort } from '../../relay';
import type {
  IGovernance,
  IOpenPagesConnection,
  IRegistry,
  IRelay,
  ISageMakerConnection
} from '../../tokens';
import { OpenPagesClient } from '../openpages';
import { KeptChoices, NO_CHOICES } from './choices';
import { configuredMapping } from './decide';
import { countEntities } from './entities';
import { readGroups } from './groups';
import { TYPE_SLOTS } from './names';
import { typesWorthReading } from './propose';
import type { Mapping, Slot } from './names';
import { SetupReader } from './reader';
import type { ITypeDetail } from './schema';
import { deriveSnapshot, noReadings } from './snapshot';
import type { IChoices, IPreview, IReadings, ISetupSnapshot } from './snapshot';
import { isDue, noSteps, retried, STEPS } from './steps';
import type { IStep, StepName } from './steps';

/** Entities that are asked for what stands above them. */
const MOST_TOPS = 20;

export class SetupModel {
  constructor(private _options: SetupModel.IOptions) {
    const { relay, connection } = _options;
    this._reader = new SetupReader(
      new OpenPagesClient({ relay, connection: connection.id }),
      connection.id
    );
    this._kept = new KeptChoices(_options.state, connection.id);
    _options.governance.changed.connect(this._tell, this);
  }

  get changed(): ISignal<SetupModel, void> {
    return this._changed;
  }

  get connection(): IOpenPagesConnection {
    return this._options.connection;
  }

  get snapshot(): ISetupSnapshot {
    return (this._snapshot ??= this._derive());
  }

  /** Take former choices up and read. */
  async start(): Promise<void> {
    const kept = await this._kept.read();
    if (kept && !this._disposed) {
      this._choices = kept;
      this._restored = true;
    }
    await this._advance();
  }

  /** Decide a slot; null: none; undefined: as proposed. */
  choose(slot: Slot, value: string | null | undefined): void {
    const slots = { ...this._choices.slots, [slot]: value };
    if (value === undefined) {
      delete slots[slot];
    }
    this._decide({ slots });
  }

  chooseEntity(registry: string, value: string | null | undefined): void {
    const entities = { ...this._choices.entities };
    if (value === undefined) {
      delete entities[registry];
    } else {
      entities[registry] = value;
    }
    this._decide({ entities });
  }

  set(
    choice: Partial<Pick<IChoices, 'auth' | 'secret' | 'taskViewUrl'>>
  ): void {
    this._decide(choice, false);
  }

  /** Forget every choice: what is proposed holds. */
  forget(): void {
    this._choices = NO_CHOICES;
    this._restored = false;
    this._kept.forget();
    void this._advance();
  }

  /** The block was copied: choices need not be kept any longer. */
  copied(): void {
    this._restored = false;
    this._kept.forget();
    this._tell();
  }

  /** Give up what is being read. */
  cancel(): void {
    this._abort?.abort();
    this._abort = null;
    this._groupsAbort?.abort();
    this._groupsAbort = null;
    for (const name of STEPS) {
      if (this._steps[name].state === 'running') {
        this._step(name, { state: 'cancelled' });
      }
    }
  }

  /** Read again what failed or was given up. */
  retry(): Promise<void> {
    this._steps = retried(this._steps);
    this._broken.clear();
    return this._advance();
  }

  /** Read everything again; choices stay. */
  restart(): Promise<void> {
    this.cancel();
    this._steps = noSteps();
    this._readings = noReadings();
    this._broken.clear();
    return this._advance();
  }

  dispose(): void {
    this._disposed = true;
    this._options.governance.changed.disconnect(this._tell, this);
    this.cancel();
    Signal.clearData(this);
  }

  private _decide(choice: Partial<IChoices>, reads = true): void {
    this._choices = { ...this._choices, ...choice };
    this._kept.write(this._choices);
    this._tell();
    if (reads) {
      void this._advance();
    }
  }

  /** Read what is due; a reading under way is given up for this one. */
  private async _advance(): Promise<void> {
    this._abort?.abort();
    const abort = new AbortController();
    this._abort = abort;
    const { signal } = abort;
    for (const name of STEPS) {
      if (name !== 'groups' && this._steps[name].state === 'running') {
        this._steps = { ...this._steps, [name]: noSteps()[name] };
      }
    }
    this._tell();
    const groups = this._readGroups();
    await this._run('types', 'all', signal, async () => {
      const types = await this._reader.types(signal);
      return this._take({ types });
    });
    if (signal.aborted || !this._readings.types.length) {
      return;
    }
    await this._readDetails(signal);
    await groups;
    if (signal.aborted) {
      return;
    }
    await this._readArns(signal);
    // The rest follows from what the values have settled.
    await Promise.all([
      this._readLinks(signal),
      this._readEntities(signal),
      this._readPreview(signal)
    ]);
  }

  private async _readDetails(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { mapping } = this.snapshot.resolved;
      const wanted = new Set([
        ...typesWorthReading({ types: this._readings.types }, this._configured),
        ...TYPE_SLOTS.flatMap(slot => mapping[slot] ?? [])
      ]);
      const due = [...wanted].filter(
        name => !this._readings.details.has(name) && !this._broken.has(name)
      );
      if (!due.length || signal.aborted) {
        return;
      }
      const of = wanted.size;
      const key = [...wanted].sort().join();
      this._step('details', {
        state: 'running',
        done: of - due.length,
        of,
        key
      });
      await Promise.all(
        due.map(async name => {
          try {
            this._keep(name, await this._reader.detail(name, signal));
          } catch (error) {
            if (signal.aborted || isAbort(error)) {
              return;
            }
            this._broken.set(name, error);
          }
          if (!signal.aborted) {
            this._step('details', { done: this._steps.details.done + 1 });
          }
        })
      );
      if (signal.aborted) {
        return;
      }
      const [failed] = this._broken.values();
      this._step(
        'details',
        this._broken.size
          ? {
              state: 'failed',
              error: failed,
              about: [...this._broken.keys()].sort()
            }
          : { state: 'done' }
      );
    }
  }

  private async _readGroups(): Promise<void> {
    if (this._groupsAbort || !isDue(this._steps.groups, 'ours')) {
      return this._groupsRead;
    }
    const { registry, registries } = this._options;
    const abort = new AbortController();
    this._groupsAbort = abort;
    this._groupsRead = this._run('groups', 'ours', abort.signal, async () => {
      const groups = await readGroups(
        registry,
        registries,
        abort.signal,
        done => this._step('groups', { done, of: registries.length })
      );
      return this._take({ groups });
    }).finally(() => {
      if (this._groupsAbort === abort) {
        this._groupsAbort = null;
      }
    });
    return this._groupsRead;
  }

  private async _readArns(signal: AbortSignal): Promise<void> {
    const { modelGroup } = this.snapshot.resolved.mapping;
    const fields = modelGroup && this._readings.details.get(modelGroup)?.fields;
    if (!fields) {
      return;
    }
    await this._run('arns', modelGroup, signal, async () => {
      const arns = await this._reader.arns(
        modelGroup,
        fields,
        this._readings.groups.byArn,
        signal
      );
      return this._take({ arns: { of: modelGroup, found: arns } });
    });
  }

  private async _readLinks(signal: AbortSignal): Promise<void> {
    const { useCase, modelGroup, groupArn } = this.snapshot.resolved.mapping;
    if (!useCase || !modelGroup) {
      return;
    }
    const key = JSON.stringify([useCase, modelGroup, groupArn ?? null]);
    await this._run('links', key, signal, async () => {
      const rows = await this._reader.links(
        { useCase, modelGroup },
        groupArn ?? null,
        signal
      );
      return this._take({ links: { of: key, rows } });
    });
  }

  private async _readEntities(signal: AbortSignal): Promise<void> {
    const { useCase, entity } = this.snapshot.resolved.mapping;
    if (!useCase || !entity) {
      return;
    }
    const key = JSON.stringify([useCase, entity]);
    await this._run('entities', key, signal, async () => {
      const [above, entities] = await Promise.all([
        this._reader.above({ useCase, entity }, signal),
        this._reader.entities(entity, signal)
      ]);
      const counted = countEntities([], above, [], new Map(), new Map())
        .sort((a, b) => b.useCases - a.useCases)
        .slice(0, MOST_TOPS);
      const type = this._readings.types.find(({ name }) => name === entity);
      const tops = await this._reader.tops(
        counted.map(({ id }) => id),
        { name: entity, id: type?.id ?? null },
        signal
      );
      return this._take({ entities: { of: key, above, entities, tops } });
    });
  }

  private async _readPreview(signal: AbortSignal): Promise<void> {
    const { mapping } = this.snapshot.resolved;
    const { useCase, modelGroup, groupArn } = mapping;
    if (!useCase || !mapping.status) {
      return;
    }
    const own = (['status', 'riskLevel', 'owner'] as const).filter(
      slot => mapping[slot]
    );
    const key = JSON.stringify([useCase, modelGroup, groupArn, own, mapping]);
    await this._run('preview', key, signal, async () => {
      const rows = await this._reader.preview(
        { useCase, modelGroup: modelGroup ?? null },
        {
          useCase: ['Name', ...own.map(slot => mapping[slot] ?? '')],
          modelGroup: ['Name', ...(groupArn ? [groupArn] : [])]
        },
        signal
      );
      const columns: IPreview['columns'] = [
        'name',
        ...own,
        ...(modelGroup ? (['groupName'] as const) : []),
        ...(modelGroup && groupArn ? (['groupArn'] as const) : [])
      ];
      return this._take({ preview: { of: key, columns, rows } });
    });
  }

  /**
   * Run a step when it is due; its result is taken over only if nobody gave it
   * up meanwhile. A failure stays in the step.
   */
  private async _run(
    name: StepName,
    key: string,
    signal: AbortSignal,
    job: () => Promise<() => void>
  ): Promise<void> {
    if (signal.aborted || !isDue(this._steps[name], key)) {
      return;
    }
    this._step(name, { state: 'running', done: 0, of: 0, error: null, key });
    try {
      const take = await job();
      if (!signal.aborted) {
        take();
        this._step(name, { state: 'done' });
      }
    } catch (error) {
      if (!signal.aborted) {
        this._step(name, { state: 'failed', error });
      }
    }
  }

  /** Takes over what a step has read. */
  private _take(change: Partial<IReadings>): () => void {
    return () => {
      this._readings = { ...this._readings, ...change };
    };
  }

  private _keep(type: string, detail: ITypeDetail): void {
    const details = new Map(this._readings.details).set(type, detail);
    this._readings = { ...this._readings, details };
  }

  private _step(name: StepName, change: Partial<IStep>): void {
    this._steps = {
      ...this._steps,
      [name]: { ...this._steps[name], ...change }
    };
    this._tell();
  }

  private _tell(): void {
    this._snapshot = null;
    if (!this._disposed) {
      this._changed.emit();
    }
  }

  private _derive(): ISetupSnapshot {
    const { connection, listed } = this._options;
    const snapshot = deriveSnapshot({
      ...this._options,
      readings: this._readings,
      steps: this._steps,
      choices: this._choices,
      restored: this._restored
    });
    if (snapshot.statusValues.length) {
      listed.set(connection.id, snapshot.statusValues);
    }
    return snapshot;
  }

  private get _configured(): Mapping {
    return configuredMapping(this._options.connection);
  }

  private _reader: SetupReader;
  private _kept: KeptChoices;
  private _steps = noSteps();
  private _readings: IReadings = noReadings();
  /** Types whose details could not be read, with the error. */
  private _broken = new Map<string, unknown>();
  private _groupsRead: Promise<void> = Promise.resolve();
  private _choices: IChoices = NO_CHOICES;
  private _restored = false;
  private _abort: AbortController | null = null;
  private _groupsAbort: AbortController | null = null;
  private _snapshot: ISetupSnapshot | null = null;
  private _disposed = false;
  private _changed = new Signal<SetupModel, void>(this);
}

export namespace SetupModel {
  export interface IOptions {
    relay: Pick<IRelay, 'request'>;
    registry: Pick<IRegistry, 'listGroups' | 'listSharedGroups'>;
    governance: Pick<IGovernance, 'bucketOf' | 'changed'>;
    /** Keeps choices over a reload; null: nothing does. */
    state: Pick<IStateDB, 'fetch' | 'save' | 'remove'> | null;
    connection: IOpenPagesConnection;
    registries: readonly ISageMakerConnection[];
    /** Status words that a console may give, by connection; added to. */
    listed: Map<string, readonly string[]>;
  }
}
