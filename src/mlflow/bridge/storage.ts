/** What MLflow keeps in `localStorage` and `sessionStorage`, per connection. */
import type { StorageArea } from './protocol';

/** Characters per area; the lab's own storage shares a few megabytes. */
export const STORAGE_LIMIT = 512 * 1024;

const PREFIX = 'jupyterlab-sagemaker-governance:mlflow:';
const SAVE_DELAY = 500;

/** Keys by which MLflow 2 and 3 remember the theme. */
const DARK_KEY = '_mlflow_dark_mode_toggle_enabled';
const DARK_PREFERENCE = 'databricks-dark-mode-pref';

/**
 * What MLflow 3 shall start with until a person chose otherwise: its pages for
 * trained models, and its assistant closed, which the relay does not pass on.
 */
const PREFERENCES: Record<string, string> = {
  'mlflow.workflowType_v1': '"machine_learning"',
  'mlflow.assistant.fab.autoOpenedOnFirstLoad_v1': 'true'
};

/**
 * Storage of one connection's frame.
 *
 * The local area outlives the page in the browser's storage, when it lets us;
 * the session area lives as long as this object.
 */
export class FrameStorage {
  constructor(
    connection: string,
    private _backend: Storage | null = browserStorage()
  ) {
    this._name = `${PREFIX}${connection}`;
    this._areas = { local: this._load(), session: new Map() };
    this._sizes = { local: sizeOf(this._areas.local), session: 0 };
  }

  /** Copy of an area. */
  snapshot(area: StorageArea): Record<string, string> {
    return Object.fromEntries(this._areas[area]);
  }

  /** Keep or remove (null) a value; one that is over the limit is dropped. */
  store(area: StorageArea, key: string, value: string | null): void {
    const data = this._areas[area];
    const before = data.get(key);
    // Counted as it changes: a frame may send this hundreds of times a second.
    const size =
      this._sizes[area] -
      (before === undefined ? 0 : key.length + before.length) +
      (value === null ? 0 : key.length + value.length);
    if (value === null) {
      data.delete(key);
    } else if (size > STORAGE_LIMIT) {
      return;
    } else {
      data.set(key, value);
    }
    this._sizes[area] = size;
    this._later(area);
  }

  clear(area: StorageArea): void {
    this._areas[area].clear();
    this._sizes[area] = 0;
    this._later(area);
  }

  /** Write the theme where MLflow looks for it when it starts. */
  setDark(dark: boolean): void {
    this.store('local', DARK_KEY, String(dark));
    this.store('local', DARK_PREFERENCE, dark ? 'dark' : 'light');
  }

  /** Start with our preferences, where a person has not chosen. */
  prefer(): void {
    for (const [key, value] of Object.entries(PREFERENCES)) {
      if (!this._areas.local.has(key)) {
        this.store('local', key, value);
      }
    }
  }

  /** Save at once what waits to be saved. */
  flush(): void {
    if (this._timer === null) {
      return;
    }
    clearTimeout(this._timer);
    this._timer = null;
    try {
      this._backend?.setItem(
        this._name,
        JSON.stringify(this.snapshot('local'))
      );
    } catch {
      // Full or forbidden: MLflow's view settings then last until the page is
      // closed, which is what a browser without storage does.
      this._backend = null;
    }
  }

  private _later(area: StorageArea): void {
    if (area === 'local' && this._timer === null) {
      this._timer = setTimeout(() => this.flush(), SAVE_DELAY);
    }
  }

  private _load(): Map<string, string> {
    const data = new Map<string, string>();
    let saved: unknown;
    try {
      saved = JSON.parse(this._backend?.getItem(this._name) ?? '{}');
    } catch {
      return data;
    }
    if (saved && typeof saved === 'object') {
      for (const [key, value] of Object.entries(saved)) {
        if (typeof value === 'string') {
          data.set(key, value);
        }
      }
    }
    return data;
  }

  private _areas: Record<StorageArea, Map<string, string>>;
  private _name: string;
  private _sizes: Record<StorageArea, number>;
  private _timer: ReturnType<typeof setTimeout> | null = null;
}

function sizeOf(data: Map<string, string>): number {
  let size = 0;
  data.forEach((value, key) => (size += key.length + value.length));
  return size;
}

/** The browser's storage, null where it is switched off. */
function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
