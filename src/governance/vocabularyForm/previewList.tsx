/** Every status word seen, with what it means under the lines as they stand. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Field, Glyph, StatusBadge } from '../../ui';
import type { IVerdict, IWordRow } from './editing';
import { judgeOf, patternOf } from './editing';
import type { IVocabularySnapshot } from './model';
import { bucketLabel } from './words';

export interface IPreviewListProps {
  snapshot: IVocabularySnapshot;
  onLine: (line: number) => void;
  /** Add a line for exactly this word. */
  onAdd: (pattern: string) => void;
  trans: TranslationBundle;
}

export function PreviewList(props: IPreviewListProps): JSX.Element {
  const { snapshot, trans } = props;
  const { rows, marked, reading } = snapshot;
  const [onlyChanges, setOnlyChanges] = React.useState(false);
  const changed = rows.filter(row => row.changed);
  const shown = onlyChanges && changed.length ? changed : rows;
  const known = shown.filter(({ now }) => now.line >= 0);
  const unknown = shown.filter(({ now }) => now.line < 0);
  return (
    <section
      className="jp-sg-vocabulary-preview"
      aria-label={trans.__('Preview')}
    >
      <h2>{trans.__('Words seen')}</h2>
      <Try {...props} />
      {changed.length > 0 && (
        <label className="jp-sg-vocabulary-only">
          <input
            type="checkbox"
            checked={onlyChanges}
            onChange={({ target }) => setOnlyChanges(target.checked)}
          />
          {trans._n(
            'Only the %1 word that changes',
            'Only the %1 words that change',
            changed.length
          )}
        </label>
      )}
      {!rows.length && (
        <p className="jp-sg-vocabulary-quiet">
          {reading
            ? trans.__('The consoles are being read…')
            : trans.__(
                'No console has told a status yet. Try a word above; the lines work all the same.'
              )}
        </p>
      )}
      {unknown.length > 0 && (
        <>
          <h3>{trans.__('Words that no line knows')}</h3>
          <p className="jp-sg-vocabulary-quiet">
            {trans.__('They are shown as they are, in neutral colour.')}
          </p>
          <ul aria-label={trans.__('Words that no line knows')}>
            {unknown.map(row => (
              <Row
                key={row.word}
                {...props}
                row={row}
                marked={row.word === marked}
              />
            ))}
          </ul>
        </>
      )}
      {known.length > 0 && (
        <>
          <h3>{trans.__('Words that a line knows')}</h3>
          <ul aria-label={trans.__('Words that a line knows')}>
            {known.map(row => (
              <Row
                key={row.word}
                {...props}
                row={row}
                marked={row.word === marked}
              />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Any word, judged at once. */
function Try(props: IPreviewListProps): JSX.Element {
  const { snapshot, onLine, trans } = props;
  const [word, setWord] = React.useState('');
  const verdict = React.useMemo(
    () => (word.trim() ? judgeOf(snapshot.lines)(word) : null),
    [word, snapshot.lines]
  );
  return (
    <div className="jp-sg-vocabulary-try">
      <Field label={trans.__('Try a word')}>
        <input
          type="text"
          dir="auto"
          className="jp-sg-vocabulary-pattern"
          value={word}
          spellCheck={false}
          placeholder={trans.__('e.g. Awaiting approval')}
          onChange={({ target }) => setWord(target.value)}
        />
      </Field>
      <div role="status" className="jp-sg-vocabulary-verdict">
        {verdict && (
          <>
            <StatusBadge
              bucket={verdict.bucket}
              label={bucketLabel(verdict.bucket, trans)}
            />
            <ByLine verdict={verdict} onLine={onLine} trans={trans} />
          </>
        )}
      </div>
    </div>
  );
}

function ByLine(props: {
  verdict: IVerdict;
  onLine: (line: number) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { verdict, onLine, trans } = props;
  return verdict.line < 0 ? (
    <span className="jp-sg-vocabulary-quiet">{trans.__('no line fits')}</span>
  ) : (
    <button
      type="button"
      className="jp-sg-link"
      title={trans.__('Go to line %1', verdict.line + 1)}
      onClick={() => onLine(verdict.line)}
    >
      {trans.__('line %1', verdict.line + 1)}
    </button>
  );
}

function Row(
  props: IPreviewListProps & { row: IWordRow; marked: boolean }
): JSX.Element {
  const { row, marked, onLine, onAdd, trans } = props;
  const { word, count, now, saved, changed } = row;
  const pattern = now.line < 0 ? patternOf(word) : null;
  const item = React.useRef<HTMLLIElement>(null);
  React.useEffect(() => {
    if (marked) {
      item.current?.scrollIntoView?.({ block: 'center' });
    }
  }, [marked]);
  return (
    <li
      ref={item}
      className="jp-sg-vocabulary-word"
      data-changed={changed || undefined}
      data-marked={marked || undefined}
      aria-current={marked ? 'true' : undefined}
    >
      <StatusBadge bucket={now.bucket} label={word} />
      <span className="jp-sg-vocabulary-meaning">
        {now.line >= 0 && bucketLabel(now.bucket, trans)}
        {now.line >= 0 && ' · '}
        <ByLine verdict={now} onLine={onLine} trans={trans} />
        {' · '}
        {count
          ? trans._n('%1 use case', '%1 use cases', count)
          : marked
            ? trans.__('asked for')
            : trans.__('in the console’s list')}
      </span>
      {pattern !== null && (
        <button
          type="button"
          className="jp-sg-link"
          aria-label={trans.__('Add a line for “%1”', word)}
          onClick={() => onAdd(pattern)}
        >
          {trans.__('Add a line')}
        </button>
      )}
      {changed && (
        <span className="jp-sg-vocabulary-changed">
          <Glyph name="pen" />
          {trans.__('so far: %1', bucketLabel(saved.bucket, trans))}
        </span>
      )}
    </li>
  );
}
