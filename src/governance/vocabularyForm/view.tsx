/** The vocabulary: lines at one side, what they do to the words at the other. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { describeError } from '../../relay';
import { ErrorNotice, Glyph, Notice } from '../../ui';
import type { IDanger } from './editing';
import { Lines } from './lines';
import type { ILineFocus } from './lines';
import type { IVocabularySnapshot, VocabularyModel } from './model';
import { PreviewList } from './previewList';
import { dangerText } from './words';

/** Warnings that are shown; the others are counted. */
const MOST_SHOWN = 5;

/**
 * Save, after a question where words turn green that should be looked at.
 *
 * @returns whether it was saved
 */
export async function saveVocabulary(
  model: VocabularyModel,
  trans: TranslationBundle
): Promise<boolean> {
  const { dangers } = model.snapshot;
  if (dangers.length) {
    const { button } = await showDialog({
      title: trans.__('Show these as approved?'),
      body: <Dangers dangers={dangers} trans={trans} />,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Go on editing') }),
        Dialog.warnButton({ label: trans.__('Save all the same') })
      ],
      defaultButton: 0
    });
    if (!button.accept) {
      return false;
    }
  }
  return model.save();
}

function Dangers(props: {
  dangers: readonly IDanger[];
  trans: TranslationBundle;
}): JSX.Element {
  const { dangers, trans } = props;
  const more = dangers.length - MOST_SHOWN;
  return (
    <ul className="jp-sg-vocabulary-dangers">
      {dangers.slice(0, MOST_SHOWN).map(danger => (
        <li key={danger.word}>{dangerText(danger, trans)}</li>
      ))}
      {more > 0 && <li>{trans._n('%1 more', '%1 more', more)}</li>}
    </ul>
  );
}

export function VocabularyView(props: {
  model: VocabularyModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  const snapshot = React.useSyncExternalStore(
    React.useCallback(
      told => {
        model.changed.connect(told);
        return () => {
          model.changed.disconnect(told);
        };
      },
      [model]
    ),
    () => model.snapshot
  );
  const { lines, problems, rows, dangers } = snapshot;
  const [focusOn, setFocusOn] = React.useState<ILineFocus | null>(null);
  const focused = React.useCallback(() => setFocusOn(null), []);
  const decided = React.useMemo(() => {
    const counts = new Map<number, number>();
    for (const { now } of rows) {
      counts.set(now.line, (counts.get(now.line) ?? 0) + 1);
    }
    return counts;
  }, [rows]);
  return (
    <>
      <Head
        snapshot={snapshot}
        model={model}
        onAdd={() => setFocusOn({ key: model.add(), what: 'pattern' })}
        trans={trans}
      />
      <Messages snapshot={snapshot} model={model} trans={trans} />
      <div className="jp-sg-vocabulary-columns">
        <section
          className="jp-sg-vocabulary-edit"
          aria-label={trans.__('Lines')}
        >
          {dangers.length > 0 && (
            <div className="jp-sg-notice" data-kind="warning" role="status">
              <Glyph name="warning" />
              <Dangers dangers={dangers} trans={trans} />
            </div>
          )}
          <Lines
            lines={lines}
            problems={problems}
            decided={decided}
            model={model}
            focusOn={focusOn}
            onFocused={focused}
            trans={trans}
          />
          {!lines.length && (
            <p className="jp-sg-vocabulary-quiet">
              {trans.__(
                'Without a line every word is unknown. Add one, undo, or reset to the defaults.'
              )}
            </p>
          )}
        </section>
        <PreviewList
          snapshot={snapshot}
          onLine={line => {
            const key = lines[line]?.key;
            setFocusOn(key === undefined ? null : { key, what: 'pattern' });
          }}
          onAdd={pattern =>
            setFocusOn({ key: model.add('other', pattern), what: 'bucket' })
          }
          trans={trans}
        />
      </div>
    </>
  );
}

/** Title, what can be done, and whether it is saved. */
function Head(props: {
  snapshot: IVocabularySnapshot;
  model: VocabularyModel;
  onAdd: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { snapshot, model, onAdd, trans } = props;
  const { dirty, canSave, canUndo, isDefault, problems, rows } = snapshot;
  const changed = rows.filter(row => row.changed).length;
  return (
    <>
      <div className="jp-sg-vocabulary-head">
        <h1>{trans.__('What status words mean')}</h1>
        <p className="jp-sg-vocabulary-quiet">
          {trans.__(
            'The first line that fits decides. A pattern is a regular expression on the status in lower case, its words separated by single blanks. Alt with the arrow keys moves a line.'
          )}
        </p>
      </div>
      <div className="jp-sg-vocabulary-bar">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept jp-sg-button"
          disabled={!canSave}
          onClick={() => void saveVocabulary(model, trans)}
        >
          {trans.__('Save')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-sg-button"
          onClick={onAdd}
        >
          {trans.__('Add a line')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-sg-button"
          disabled={!canUndo}
          onClick={() => model.undo()}
        >
          {trans.__('Undo')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-sg-button"
          disabled={!dirty}
          onClick={() => model.discard()}
        >
          {trans.__('Discard changes')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-sg-button"
          disabled={isDefault}
          onClick={() => model.reset()}
        >
          {trans.__('Reset to defaults')}
        </button>
        <span role="status" className="jp-sg-vocabulary-state">
          {problems.size > 0
            ? trans._n(
                '%1 line cannot be used yet',
                '%1 lines cannot be used yet',
                problems.size
              )
            : dirty
              ? changed
                ? trans._n(
                    'Not saved: %1 word seen changes',
                    'Not saved: %1 words seen change',
                    changed
                  )
                : trans.__('Not saved: no word seen changes')
              : trans.__('Saved')}
        </span>
      </div>
    </>
  );
}

function Messages(props: {
  snapshot: IVocabularySnapshot;
  model: VocabularyModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { snapshot, model, trans } = props;
  const { saveError, failures, overtaken, restored, dirty } = snapshot;
  return (
    <>
      {saveError !== null && saveError !== undefined && (
        <ErrorNotice
          problem={{
            ...describeError(saveError, trans),
            title: trans.__('Not saved')
          }}
          trans={trans}
          onRetry={() => void saveVocabulary(model, trans)}
        />
      )}
      {failures.map(({ connection, label, error }) => {
        const problem = describeError(error, trans);
        return (
          <Notice
            key={connection}
            action={{
              label: trans.__('Retry'),
              onClick: () => void model.read()
            }}
          >
            <span title={problem.message}>
              {label
                ? trans.__(
                    '%1 could not be read, so that its words may be missing: %2',
                    label,
                    problem.title
                  )
                : trans.__(
                    'The consoles could not be read, so that words are missing: %1',
                    problem.title
                  )}
            </span>
          </Notice>
        );
      })}
      {overtaken && (
        <Notice
          action={{
            label: trans.__('Take what is saved'),
            onClick: () => model.discard()
          }}
        >
          {trans.__(
            'The saved vocabulary was changed elsewhere meanwhile. Saving here replaces it.'
          )}
        </Notice>
      )}
      {restored && dirty && !overtaken && (
        <Notice kind="info">
          {trans.__('Your unsaved changes of an earlier visit are in.')}
        </Notice>
      )}
    </>
  );
}
