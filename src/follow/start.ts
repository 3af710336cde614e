/** Puts the room together; loaded when somebody asks for stars or opens us. */
import { Notification } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import type { IStatusBar } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { type ISignal, Signal } from '@lumino/signaling';

import {
  CommandIDs,
  type IApprovalRequest,
  type IConcern,
  type IFollowing,
  type IGovernance,
  type IGroupArgs,
  type IRegistry,
  type IRelay
} from '../tokens';
import { tellOutcome } from './decisionNews';
import { DecisionWatch } from './decisions';
import { Follower } from './follower';
import { tellNews } from './news';
import { DEFAULTS, parseSettings, type IFollowSettings } from './settings';
import { StatusItem } from './statusItem';
import { FollowStore } from './store';

/** What following works with. */
export interface IStartOptions {
  relay: IRelay;
  registry: IRegistry;
  /** null: switched off. */
  governance: IGovernance | null;
  /** null: everything holds until the page is reloaded. */
  state: IStateDB | null;
  /** null: this lab has none. */
  statusBar: IStatusBar | null;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/**
 * ms from keeping what was seen to telling of it. The lab waits 750 ms before it
 * writes its state; were the page reloaded within, the same would be told again.
 */
const KEPT = 1_500;

/** Commands after which one's own work shows in governance. */
const OWN_WORK: readonly string[] = [
  CommandIDs.linkUseCase,
  CommandIDs.undoLink,
  CommandIDs.moveWorkflow
];

/** Stars, looks and what is told of them. */
export class Following implements IFollowing {
  constructor(private _options: IStartOptions) {
    const { registry, state, commands, trans, relay } = _options;
    this._store = new FollowStore(state);
    this._watch = new DecisionWatch({
      registry,
      state,
      tell: outcome => {
        if (this._settings.notify !== 'none') {
          setTimeout(() => tellOutcome({ commands, trans }, outcome), KEPT);
        }
      }
    });
    this._follower = new Follower({
      ..._options,
      store: this._store,
      watch: this._watch,
      tell: news => {
        void relay.config().then(({ connections }) => {
          setTimeout(
            () => tellNews({ commands, trans, connections }, news),
            KEPT
          );
        });
      }
    });
    commands.commandExecuted.connect(this._onCommand, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Read the stars. @throws what the state data base throws */
  async load(): Promise<void> {
    await this._store.load();
    this._changed.emit();
  }

  isStarred(group: string): boolean {
    return this._store.stars.has(group);
  }

  async toggle({ connection, group }: IGroupArgs): Promise<boolean> {
    await this._store.load();
    const starred = !this.isStarred(group);
    await this._store.setStar(
      { connection, group, shared: this._follower.isShared(group) },
      starred
    );
    this._changed.emit();
    return starred;
  }

  concern(told: IConcern): void {
    this._follower.concern(told).catch((error: unknown) => {
      this._warnOnce(error);
    });
  }

  expect(request: IApprovalRequest): Promise<void> {
    return this._watch.add(request);
  }

  /** Take settings over. */
  configure(composite: Parameters<typeof parseSettings>[0]): void {
    this._settings = parseSettings(composite);
    this._follower.configure(this._settings);
    this._showItem();
  }

  /** From now on look in the background; the status bar may show. */
  begin(): void {
    this._begun = true;
    this._follower.begin();
    this._showItem();
  }

  private _showItem(): void {
    const { statusBar, commands, trans } = this._options;
    const wanted = this._begun && this._settings.statusBar !== 'never';
    if (!wanted || !statusBar) {
      this._item?.dispose();
      this._item = null;
      return;
    }
    if (this._item) {
      return;
    }
    const item = new StatusItem({
      trans,
      onPress: () => {
        void commands.execute(CommandIDs.openPanel, {
          filter: 'waiting',
          // What was searched for would hide some.
          text: ''
        });
      }
    });
    const show = (): void => item.setWaiting(this._follower.waiting);
    this._follower.looked.connect(show);
    item.disposed.connect(() => this._follower.looked.disconnect(show));
    const registered = statusBar.registerStatusItem(
      'jupyterlab-sagemaker-governance:waiting',
      {
        item,
        align: 'right',
        rank: 30,
        isActive: () => item.active,
        activeStateChanged: item.activeChanged
      }
    );
    item.disposed.connect(() => registered.dispose());
    this._item = item;
    show();
  }

  private _onCommand(
    _: CommandRegistry,
    { id, result }: CommandRegistry.ICommandExecutedArgs
  ): void {
    if (OWN_WORK.includes(id)) {
      result.then(
        // A dialog that was only looked at is no work: what changes then is
        // somebody else's.
        group => {
          if (typeof group === 'string') {
            this._follower.actedOn(group);
          }
        },
        // It came to nothing.
        () => undefined
      );
    }
    if (id === CommandIDs.refresh && this._begun) {
      void this._watch.check();
    }
  }

  /** Stars that cannot be read are a nuisance, not a reason to say it often. */
  private _warnOnce(error: unknown): void {
    if (!this._warned) {
      this._warned = true;
      Notification.warning(
        this._options.trans.__(
          'Stars could not be read, reload the page to try again: %1',
          error instanceof Error ? error.message : String(error)
        )
      );
    }
  }

  private _store: FollowStore;
  private _watch: DecisionWatch;
  private _follower: Follower;
  private _settings: IFollowSettings = DEFAULTS;
  private _item: StatusItem | null = null;
  private _begun = false;
  private _warned = false;
  private _changed = new Signal<this, void>(this);
}
