/** Settings of the room. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** What a user or admin may set. */
export interface IFollowSettings {
  /** Seconds between looks in the background, 60 at least. */
  refreshSeconds: number;
  /** Of which groups changes are told. */
  notify: 'all' | 'starred' | 'none';
  /**
   * When the status bar shows what waits: once something of ours was opened,
   * from the start of the lab, or never.
   */
  statusBar: 'opened' | 'always' | 'never';
}

/** Shortest pace, seconds. */
export const SHORTEST = 60;

/** What holds without any setting; `schema/follow.json` agrees. */
export const DEFAULTS: IFollowSettings = {
  refreshSeconds: 300,
  notify: 'all',
  statusBar: 'opened'
};

/** Read the composite values; one that cannot be used leaves its default. */
export function parseSettings(
  composite: Partial<ISettingRegistry.ISettings['composite']>
): IFollowSettings {
  const { refreshSeconds, notify, statusBar } = composite;
  return {
    refreshSeconds:
      typeof refreshSeconds === 'number' && Number.isFinite(refreshSeconds)
        ? Math.max(SHORTEST, refreshSeconds)
        : DEFAULTS.refreshSeconds,
    notify:
      notify === 'starred' || notify === 'none' ? notify : DEFAULTS.notify,
    statusBar:
      statusBar === 'always' || statusBar === 'never'
        ? statusBar
        : DEFAULTS.statusBar
  };
}
