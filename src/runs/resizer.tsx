import type { TranslationBundle } from '@jupyterlab/translation';

/** Percent of the panel's height. */
export const LEAST_SHARE = 20;
export const MOST_SHARE = 80;
const STEP = 5;

export interface IResizerProps {
  /** Percent of the panel's height that the section has. */
  share: number;
  /** Id of what grows and shrinks. */
  controls: string;
  trans: TranslationBundle;
  onChange: (share: number) => void;
}

/** The section's upper edge: dragged, or moved with the arrows. */
export function Resizer(props: IResizerProps): JSX.Element {
  const { share, controls, trans, onChange } = props;
  const set = (next: number): void =>
    onChange(Math.round(Math.min(MOST_SHARE, Math.max(LEAST_SHARE, next))));
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator that can be moved is a widget (WAI-ARIA practices, "Window Splitter")
    <div
      role="separator"
      className="jp-sg-runs-edge"
      aria-orientation="horizontal"
      aria-label={trans.__('Height of runs')}
      aria-controls={controls}
      aria-valuemin={LEAST_SHARE}
      aria-valuemax={MOST_SHARE}
      aria-valuenow={share}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
      tabIndex={0}
      onKeyDown={event => {
        const by = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
        if (by !== undefined) {
          event.preventDefault();
          set(share + by);
        }
      }}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={event => {
        const edge = event.currentTarget;
        const panel = edge.closest('.jp-sg-panel');
        if (panel && edge.hasPointerCapture(event.pointerId)) {
          const { bottom, height } = panel.getBoundingClientRect();
          set((100 * (bottom - event.clientY)) / height);
        }
      }}
    />
  );
}
