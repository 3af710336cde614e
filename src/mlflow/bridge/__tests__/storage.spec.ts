import { FrameStorage, STORAGE_LIMIT } from '../storage';

const NAME = 'jupyterlab-sagemaker-governance:mlflow:risk';

beforeEach(() => localStorage.clear());

describe('FrameStorage', () => {
  it('keeps the local area over page loads, per connection', () => {
    const storage = new FrameStorage('risk');
    storage.store('local', 'a', '1');
    storage.store('session', 'b', '2');
    storage.flush();
    expect(new FrameStorage('risk').snapshot('local')).toEqual({ a: '1' });
    expect(new FrameStorage('risk').snapshot('session')).toEqual({});
    expect(new FrameStorage('claims').snapshot('local')).toEqual({});
    expect(Object.keys(localStorage)).toEqual([NAME]);
  });

  it('drops what is over the limit and keeps what was there', () => {
    const storage = new FrameStorage('risk');
    storage.store('local', 'a', '1');
    storage.store('local', 'a', 'x'.repeat(STORAGE_LIMIT));
    storage.store('local', 'b', 'x'.repeat(STORAGE_LIMIT));
    expect(storage.snapshot('local')).toEqual({ a: '1' });
  });

  it.each(['{', '[]', 'null', '{"a": 1, "b": "2"}'])(
    'starts from broken content %s',
    content => {
      localStorage.setItem(NAME, content);
      const { a } = new FrameStorage('risk').snapshot('local');
      expect(a).toBeUndefined();
    }
  );

  it('counts what is stored, overwritten, removed and cleared', () => {
    const storage = new FrameStorage('risk', null);
    const half = 'x'.repeat(STORAGE_LIMIT / 2 - 1);
    storage.store('local', 'a', half);
    storage.store('local', 'a', half);
    storage.store('local', 'b', half);
    storage.store('local', 'c', '');
    expect(Object.keys(storage.snapshot('local'))).toEqual(['a', 'b']);
    storage.store('local', 'a', null);
    storage.store('local', 'c', half);
    expect(Object.keys(storage.snapshot('local'))).toEqual(['b', 'c']);
    storage.clear('local');
    storage.store('local', 'd', half + half);
    expect(Object.keys(storage.snapshot('local'))).toEqual(['d']);
  });

  it('works without a browser storage', () => {
    const storage = new FrameStorage('risk', null);
    storage.store('local', 'a', '1');
    storage.flush();
    expect(storage.snapshot('local')).toEqual({ a: '1' });
  });

  it('writes the theme where MLflow looks, preferences only once', () => {
    const storage = new FrameStorage('risk');
    storage.setDark(true);
    storage.prefer();
    storage.store('local', 'mlflow.workflowType_v1', '"genai"');
    storage.prefer();
    expect(storage.snapshot('local')).toEqual({
      _mlflow_dark_mode_toggle_enabled: 'true',
      'databricks-dark-mode-pref': 'dark',
      'mlflow.assistant.fab.autoOpenedOnFirstLoad_v1': 'true',
      'mlflow.workflowType_v1': '"genai"'
    });
  });
});
