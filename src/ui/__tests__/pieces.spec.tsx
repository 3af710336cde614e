import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';

import type { IProblem } from '../../relay';
import type { StatusBucket } from '../../tokens';
import {
  Age,
  ApprovalBadge,
  duration,
  EmptyState,
  ErrorNotice,
  Field,
  Loading,
  Notice,
  relativeTime,
  StatusBadge
} from '../index';
import * as clipboard from '../clipboard';
import { moveFor, typeAhead } from '../listKeys';

const trans = nullTranslator.load('sagemaker_governance');

describe('StatusBadge', () => {
  const kinds: [StatusBucket | null, string][] = [
    ['approved', 'approved'],
    ['pending', 'pending'],
    ['progress', 'progress'],
    ['draft', 'draft'],
    ['rejected', 'rejected'],
    ['retired', 'retired'],
    ['other', 'other'],
    [null, 'other']
  ];

  it.each(kinds)('draws bucket %s with word and drawing', (bucket, kind) => {
    const { container } = render(<StatusBadge bucket={bucket} label="Word" />);
    const badge = container.firstElementChild;
    expect(badge).toHaveAttribute('data-status', kind);
    expect(badge).toHaveTextContent('Word');
    expect(badge?.querySelector('svg')).toHaveAttribute('aria-hidden', 'true');
  });

  it.each(['not-linked', 'no-status', 'could-not-read', 'loading'] as const)(
    'never takes the colour of a bucket in state %s',
    state => {
      const { container } = render(
        <StatusBadge state={state} bucket="approved" label="x" />
      );
      expect(container.firstElementChild).toHaveAttribute('data-status', state);
    }
  );

  it('gives every kind its own drawing', () => {
    const drawings = [
      ...kinds.slice(0, 7).map(([bucket]) => ({ bucket })),
      { state: 'not-linked' as const },
      { state: 'no-status' as const },
      { state: 'could-not-read' as const },
      { state: 'loading' as const }
    ].map(props => {
      const { container } = render(<StatusBadge {...props} label="x" />);
      return container.querySelector('svg')?.innerHTML;
    });
    expect(new Set(drawings).size).toBe(11);
  });

  it('marks what is stale', () => {
    const { container } = render(
      <StatusBadge bucket="approved" label="x" stale />
    );
    expect(container.querySelectorAll('svg')).toHaveLength(2);
    expect(container.firstElementChild).toHaveClass('jp-sg-mod-stale');
  });

  it('says approvals in words', () => {
    render(<ApprovalBadge approval="PendingManualApproval" trans={trans} />);
    expect(screen.getByText('Pending approval')).toBeVisible();
  });
});

describe('time', () => {
  const now = Date.UTC(2026, 10, 21, 12);

  it.each([
    [12_000, '12 sec. ago', '12 sec'],
    [3 * 3_600_000, '3 hr. ago', '3 hr'],
    [26 * 3_600_000, 'yesterday', '1 day'],
    [9 * 86_400_000, '9 days ago', '9 days']
  ])('puts %s ms in words', (ms, ago, long) => {
    expect(relativeTime(now - ms, now)).toBe(ago);
    expect(duration(now - ms, now)).toBe(long);
  });

  it('never speaks of the future when clocks differ', () => {
    expect(relativeTime(now + 60_000, now)).toBe('now');
    expect(duration(now + 60_000, now)).toBe('0 sec');
  });

  it('keeps an age current', () => {
    jest.useFakeTimers();
    const at = Date.now();
    render(<Age at={at} trans={trans} say={age => `updated ${age}`} />);
    expect(screen.getByText('updated just now')).toHaveAttribute(
      'datetime',
      new Date(at).toISOString()
    );
    jest.setSystemTime(at + 120_000);
    fireEvent(document, new Event('visibilitychange'));
    expect(screen.getByText('updated 2 min. ago')).toBeVisible();
    jest.useRealTimers();
  });

  it('shows nothing for no time', () => {
    const { container } = render(<Age at={null} trans={trans} />);
    expect(container).toBeEmptyDOMElement();
  });
});

describe('ErrorNotice', () => {
  const problem: IProblem = {
    title: 'Not allowed',
    message: 'No policy allows it.',
    hint: 'Ask.',
    action: 'retry',
    details: 'request id: 1',
    retryable: false
  };

  it('offers to try again and to copy everything', async () => {
    const retry = jest.fn();
    const copy = jest
      .spyOn(clipboard, 'copyText')
      .mockImplementation(async () => true);
    render(<ErrorNotice problem={problem} trans={trans} onRetry={retry} />);
    expect(screen.getByRole('alert')).toHaveTextContent('Ask.');
    fireEvent.click(screen.getByText('Try again'));
    expect(retry).toHaveBeenCalledTimes(1);
    fireEvent.click(screen.getByText('Copy details'));
    expect(copy).toHaveBeenCalledWith(
      'Not allowed\nNo policy allows it.\nAsk.\nrequest id: 1'
    );
    expect(await screen.findByText('Copied')).toBeVisible();
  });

  it('claims no copy that the browser refused', async () => {
    const copy = jest
      .spyOn(clipboard, 'copyText')
      .mockImplementation(async () => false);
    render(<ErrorNotice problem={problem} trans={trans} />);
    fireEvent.click(screen.getByText('Copy details'));
    await act(async () => {
      await Promise.all(copy.mock.results.map(({ value }) => value));
    });
    expect(screen.queryByText('Copied')).toBeNull();
  });

  it('offers to reload where only that helps', () => {
    render(
      <ErrorNotice
        problem={{ ...problem, action: 'sign-in' }}
        trans={trans}
        onRetry={() => undefined}
      />
    );
    expect(screen.getByText('Reload the page')).toBeVisible();
    expect(screen.queryByText('Try again')).toBeNull();
  });

  it('hides the long words when compact', () => {
    render(<ErrorNotice problem={problem} trans={trans} compact />);
    expect(screen.getByText('No policy allows it.')).not.toBeVisible();
  });
});

describe('other pieces', () => {
  it('ties a field together', () => {
    render(
      <Field
        label="Reason"
        hint="No line breaks"
        error="Too long"
        counter={{ n: 1030, max: 1024 }}
        required
      >
        <textarea />
      </Field>
    );
    const control = screen.getByLabelText(/Reason/);
    expect(control).toHaveAccessibleDescription(
      'No line breaks 1030 / 1024 Too long'
    );
    expect(control).toBeInvalid();
    expect(control).toHaveAttribute('aria-required', 'true');
  });

  it('leaves a field without error valid', () => {
    render(
      <Field label="Name">
        <input />
      </Field>
    );
    expect(screen.getByLabelText('Name')).not.toHaveAttribute('aria-invalid');
  });

  it('acts from notices and empty states', () => {
    const act = jest.fn();
    render(
      <>
        <Notice action={{ label: 'Retry', onClick: act }}>late</Notice>
        <EmptyState
          title="None"
          actions={[{ label: 'Register', onClick: act }]}
        />
        <Loading trans={trans} rows={2} />
      </>
    );
    fireEvent.click(screen.getByText('Retry'));
    fireEvent.click(screen.getByText('Register'));
    expect(act).toHaveBeenCalledTimes(2);
    expect(screen.getByLabelText('Loading…')).toBeVisible();
  });
});

describe('keys of a list', () => {
  it.each([
    ['ArrowDown', -1, 0],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 0, 0],
    ['ArrowUp', -1, 9],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['PageDown', 0, 4],
    ['PageDown', 8, 9],
    ['PageUp', 2, 0],
    ['a', 2, null]
  ])('%s from %s leads to %s', (key, current, target) => {
    expect(moveFor(key, current, 10, 4)).toBe(target);
  });

  it('moves nowhere in an empty list', () => {
    expect(moveFor('End', -1, 0, 4)).toBeNull();
  });

  it.each([
    ['c', 0, 1],
    ['c', 1, 3],
    ['cc', 3, 1],
    ['CL', 1, 3],
    ['ch', 1, 1],
    ['x', 0, -1]
  ])('typing %s from %s leads to %s', (typed, current, target) => {
    const texts = ['aml', 'churn', 'fraud', 'claims'];
    expect(typeAhead(texts, typed, current)).toBe(target);
  });
});
