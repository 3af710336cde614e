/** Search as one types, once the typing rests. */
import * as React from 'react';
import '../../style/ui.css';

/** ms of rest before typed text is searched. */
const REST = 120;

export interface ISearchBoxProps {
  /** What is searched for now. */
  value: string;
  /** Accessible name: all that is searched. */
  label: string;
  /** Short text in the empty field. */
  placeholder: string;
  /** Called after a rest; at once when Escape empties the field. */
  onChange: (text: string) => void;
}

/** A search field; Escape empties it before it leaves it. */
export function SearchBox(props: ISearchBoxProps): JSX.Element {
  const { value, label, placeholder, onChange } = props;
  const [text, setText] = React.useState(value);
  const timer = React.useRef<ReturnType<typeof setTimeout>>();
  React.useEffect(() => setText(value), [value]);
  React.useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: string, rest: number): void => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), rest);
  };
  return (
    <div className="jp-sg-search">
      <input
        type="search"
        dir="auto"
        className="jp-sg-search-input"
        value={text}
        spellCheck={false}
        placeholder={placeholder}
        aria-label={label}
        title={label}
        onChange={event => change(event.target.value, REST)}
        onKeyDown={event => {
          if (event.key === 'Escape' && text) {
            event.stopPropagation();
            change('', 0);
          }
        }}
      />
    </div>
  );
}
