/** The ordered lines: pattern and what it means. */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretUpIcon,
  closeIcon
} from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { StatusBucket } from '../../tokens';
import { Glyph, StatusBadge } from '../../ui';
import { BUCKETS } from '../vocabulary';
import type { ILine, LineProblem } from './editing';
import type { VocabularyModel } from './model';
import { bucketLabel, problemText } from './words';

/** A control of a line. */
export interface ILineFocus {
  key: number;
  what: string;
}

export interface ILinesProps {
  lines: readonly ILine[];
  problems: ReadonlyMap<number, LineProblem>;
  /** Words that each line decides, by its position. */
  decided: ReadonlyMap<number, number>;
  model: VocabularyModel;
  /** Control that takes the focus when its line appears. */
  focusOn: ILineFocus | null;
  onFocused: () => void;
  trans: TranslationBundle;
}

export function Lines(props: ILinesProps): JSX.Element {
  const { lines, model, focusOn, onFocused, trans } = props;
  const list = React.useRef<HTMLOListElement>(null);
  const [said, setSaid] = React.useState('');
  const [back, setBack] = React.useState<ILineFocus>();
  React.useEffect(() => {
    const wanted = focusOn ?? back;
    if (!wanted) {
      return;
    }
    const line = list.current?.querySelector(`[data-key="${wanted.key}"]`);
    const control =
      line?.querySelector<HTMLElement>(
        `[data-control="${wanted.what}"]:not(:disabled)`
      ) ?? line?.querySelector<HTMLElement>('[data-control="pattern"]');
    control?.focus();
    setBack(undefined);
    if (focusOn !== null) {
      onFocused();
    }
  }, [focusOn, back, onFocused]);
  const move = (line: ILine, by: 1 | -1, what: string): void => {
    const place = lines.indexOf(line) + by + 1;
    if (model.move(line.key, by)) {
      setBack({ key: line.key, what });
      setSaid(trans.__('Line moved to place %1 of %2.', place, lines.length));
    }
  };
  const remove = (line: ILine): void => {
    const at = lines.indexOf(line);
    const next = lines[at + 1] ?? lines[at - 1];
    model.remove(line.key);
    setSaid(trans.__('Line %1 removed. Undo brings it back.', at + 1));
    if (next) {
      setBack({ key: next.key, what: 'remove' });
    }
  };
  return (
    <>
      <ol
        className="jp-sg-vocabulary-lines"
        aria-label={trans.__('Lines, the first that fits decides')}
        ref={list}
      >
        {lines.map((line, index) => (
          <Line
            key={line.key}
            {...props}
            line={line}
            index={index}
            onMove={(by, what) => move(line, by, what)}
            onRemove={() => remove(line)}
          />
        ))}
      </ol>
      <span role="status" className="jp-sg-vocabulary-said">
        {said}
      </span>
    </>
  );
}

function Line(
  props: ILinesProps & {
    line: ILine;
    index: number;
    onMove: (by: 1 | -1, what: string) => void;
    onRemove: () => void;
  }
): JSX.Element {
  const { line, index, lines, problems, decided, model, trans } = props;
  const { onMove, onRemove } = props;
  const id = React.useId();
  const problem = problems.get(line.key);
  const n = decided.get(index) ?? 0;
  const place = index + 1;
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>): void => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    const { control = 'pattern' } = event.currentTarget.dataset;
    if (event.altKey && by !== 0) {
      event.preventDefault();
      event.stopPropagation();
      onMove(by, control);
    } else if (event.key === 'Enter' && control === 'pattern') {
      // A pattern is one line.
      event.preventDefault();
    }
  };
  return (
    <li className="jp-sg-vocabulary-line" data-key={line.key} data-line={index}>
      <span className="jp-sg-vocabulary-place" aria-hidden="true">
        {place}
      </span>
      {/* The text beside it gives it its height: patterns are long. */}
      <span className="jp-sg-vocabulary-grow" data-text={line.pattern}>
        <textarea
          rows={1}
          className="jp-sg-vocabulary-pattern"
          data-control="pattern"
          dir="ltr"
          spellCheck={false}
          autoCapitalize="off"
          value={line.pattern}
          aria-label={trans.__('Pattern of line %1', place)}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-problem` : `${id}-count`}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
          onKeyDown={onKeyDown}
          onChange={({ target }) =>
            model.change(line.key, {
              pattern: target.value.replace(/[\r\n]+/g, '')
            })
          }
        />
      </span>
      <span className="jp-sg-vocabulary-bucket">
        <StatusBadge
          bucket={line.bucket}
          label={bucketLabel(line.bucket, trans)}
        />
        <select
          data-control="bucket"
          value={line.bucket}
          aria-label={trans.__('Meaning of line %1', place)}
          onKeyDown={onKeyDown}
          onChange={({ target }) =>
            model.change(line.key, { bucket: target.value as StatusBucket })
          }
        >
          {BUCKETS.map(bucket => (
            <option key={bucket} value={bucket}>
              {bucketLabel(bucket, trans)}
            </option>
          ))}
        </select>
      </span>
      <span className="jp-sg-vocabulary-buttons">
        <Button
          icon={caretUpIcon}
          control="up"
          label={trans.__('Move line %1 up', place)}
          disabled={index === 0}
          onKeyDown={onKeyDown}
          onClick={() => onMove(-1, 'up')}
        />
        <Button
          icon={caretDownIcon}
          control="down"
          label={trans.__('Move line %1 down', place)}
          disabled={index === lines.length - 1}
          onKeyDown={onKeyDown}
          onClick={() => onMove(1, 'down')}
        />
        <Button
          icon={closeIcon}
          control="remove"
          label={trans.__('Remove line %1', place)}
          onKeyDown={onKeyDown}
          onClick={onRemove}
        />
      </span>
      {problem ? (
        <span
          className="jp-sg-vocabulary-problem"
          id={`${id}-problem`}
          role="alert"
        >
          <Glyph name="warning" />
          {problemText(problem, trans)}
        </span>
      ) : (
        <span className="jp-sg-vocabulary-count" id={`${id}-count`}>
          {n
            ? trans._n('decides %1 word seen', 'decides %1 words seen', n)
            : trans.__('decides no word seen')}
        </span>
      )}
    </li>
  );
}

function Button(props: {
  icon: LabIcon;
  control: string;
  label: string;
  disabled?: boolean;
  onKeyDown: React.KeyboardEventHandler<HTMLElement>;
  onClick: () => void;
}): JSX.Element {
  const { icon, control, label, disabled, onKeyDown, onClick } = props;
  return (
    <button
      type="button"
      className="jp-sg-tool"
      data-control={control}
      title={label}
      aria-label={label}
      disabled={disabled}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <icon.react tag="span" className="jp-sg-tool-icon" />
    </button>
  );
}
