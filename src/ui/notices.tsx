import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IProblem } from '../relay';
import { copyText } from './clipboard';
import { Glyph } from './glyph';
import '../../style/ui.css';

export interface IErrorNoticeProps {
  /** From `describeError`. */
  problem: IProblem;
  trans: TranslationBundle;
  /** Offered when the problem's action is `retry`. */
  onRetry?: () => void;
  /** One line with the title; the rest behind "Details". */
  compact?: boolean;
}

/** A failure: what happened, what next, details to copy. */
export function ErrorNotice(props: IErrorNoticeProps): JSX.Element {
  const { problem, trans, onRetry, compact } = props;
  const reload = problem.action === 'reload' || problem.action === 'sign-in';
  const body = (
    <>
      <p className="jp-sg-error-message">
        <bdi>{problem.message}</bdi>
      </p>
      {problem.hint && <p className="jp-sg-error-hint">{problem.hint}</p>}
    </>
  );
  return (
    <div
      className={`jp-sg-error${compact ? ' jp-sg-mod-compact' : ''}`}
      role="alert"
    >
      <div className="jp-sg-error-title">
        <Glyph name="cross" />
        <span>{problem.title}</span>
      </div>
      {compact ? (
        <details>
          <summary>{trans.__('Details')}</summary>
          {body}
        </details>
      ) : (
        body
      )}
      <div className="jp-sg-actions">
        {onRetry && problem.action === 'retry' && (
          <button
            type="button"
            className="jp-mod-styled jp-sg-button"
            onClick={onRetry}
          >
            {trans.__('Try again')}
          </button>
        )}
        {reload && (
          <button
            type="button"
            className="jp-mod-styled jp-sg-button"
            onClick={() => window.location.reload()}
          >
            {trans.__('Reload the page')}
          </button>
        )}
        <CopyDetails problem={problem} trans={trans} />
      </div>
    </div>
  );
}

/** Button that copies everything worth knowing about a problem. */
function CopyDetails(props: {
  problem: IProblem;
  trans: TranslationBundle;
}): JSX.Element {
  const { problem, trans } = props;
  const [copied, setCopied] = React.useState(false);
  return (
    <button
      type="button"
      className="jp-sg-button jp-sg-mod-quiet"
      onClick={() => {
        const { title, message, hint, details } = problem;
        const text = [title, message, hint, details].filter(Boolean);
        void copyText(text.join('\n')).then(setCopied);
      }}
    >
      {copied ? trans.__('Copied') : trans.__('Copy details')}
    </button>
  );
}

export interface INoticeProps {
  kind?: 'info' | 'warning';
  children: React.ReactNode;
  /** A button at the end. */
  action?: { label: string; onClick: () => void; title?: string };
}

/** One line that tells of something without stopping anybody. */
export function Notice(props: INoticeProps): JSX.Element {
  const { kind = 'warning', children, action } = props;
  return (
    <div className="jp-sg-notice" data-kind={kind} role="status">
      <Glyph name={kind === 'warning' ? 'warning' : 'info'} />
      <span className="jp-sg-notice-text">{children}</span>
      {action && (
        <button
          type="button"
          className="jp-sg-link"
          title={action.title}
          onClick={action.onClick}
        >
          {action.label}
        </button>
      )}
    </div>
  );
}

export interface IEmptyStateProps {
  title: string;
  /** Why it is empty. */
  children?: React.ReactNode;
  /** What can be done; the first is the main one. */
  actions?: { label: string; onClick: () => void }[];
}

/** Nothing here: why, and what to do. */
export function EmptyState(props: IEmptyStateProps): JSX.Element {
  return (
    <div className="jp-sg-empty">
      <h3 className="jp-sg-empty-title">{props.title}</h3>
      {props.children && (
        <div className="jp-sg-empty-text">{props.children}</div>
      )}
      {props.actions && props.actions.length > 0 && (
        <div className="jp-sg-actions">
          {props.actions.map(({ label, onClick }, i) => (
            <button
              key={label}
              type="button"
              className={`jp-mod-styled jp-sg-button${i === 0 ? ' jp-mod-accept' : ''}`}
              onClick={onClick}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

export interface ILoadingProps {
  trans: TranslationBundle;
  /** What is being read, for screen readers. */
  label?: string;
  /** Number of skeleton rows. */
  rows?: number;
}

/** Skeleton of rows that are on their way. */
export function Loading(props: ILoadingProps): JSX.Element {
  const { trans, label, rows = 4 } = props;
  return (
    <div
      className="jp-sg-loading"
      role="status"
      aria-label={label ?? trans.__('Loading…')}
    >
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="jp-sg-skeleton" aria-hidden="true">
          <span />
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}
