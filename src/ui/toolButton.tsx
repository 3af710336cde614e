/** A button of a head: an icon with a name. */
import type { LabIcon } from '@jupyterlab/ui-components';

export interface IToolButtonProps {
  icon: LabIcon;
  /** Accessible name, also the tooltip. */
  label: string;
  /** Whether it opens a menu. */
  menu?: boolean;
  /** Whether what it started is under way. */
  busy?: boolean;
  /** Gets where the button is, for a menu. */
  onPress: (anchor: DOMRect) => void;
}

export function ToolButton(props: IToolButtonProps): JSX.Element {
  const { icon, label, menu, busy, onPress } = props;
  return (
    <button
      type="button"
      className="jp-sg-tool"
      title={label}
      aria-label={label}
      aria-haspopup={menu ? 'menu' : undefined}
      data-busy={busy}
      onClick={event => onPress(event.currentTarget.getBoundingClientRect())}
    >
      <icon.react tag="span" className="jp-sg-tool-icon" />
    </button>
  );
}
