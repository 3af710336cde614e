import * as React from 'react';

/** Star with five points. */
const STAR =
  'M8 1.8l1.9 4 4.3.5-3.2 3 .9 4.3L8 11.4l-3.9 2.2.9-4.3-3.2-3 4.3-.5z';

/** 16 x 16 drawings in the colour of the text around them. */
const PATHS = {
  check: <path {...stroke(2.2)} d="M3 8.5l3.2 3.2L13 4.8" />,
  clock: (
    <>
      <circle {...stroke(1.8)} cx="8" cy="8" r="6" />
      <path {...stroke(1.8)} d="M8 4.5V8l2.4 1.6" />
    </>
  ),
  cross: <path {...stroke(2.2)} d="M4 4l8 8M12 4l-8 8" />,
  play: <path fill="currentColor" d="M5 3l8 5-8 5z" />,
  pen: <path {...stroke(1.8)} d="M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2z" />,
  question: (
    <>
      <path {...stroke(1.9)} d="M5.4 6A2.6 2.6 0 1 1 9 8.3c-.8.4-1 .9-1 1.7" />
      <circle cx="8" cy="12.6" r="1.2" fill="currentColor" />
    </>
  ),
  link: (
    <path
      {...stroke(1.7)}
      d="M6.5 9.5l3-3M7 5l1.6-1.6a2.6 2.6 0 0 1 3.8 3.8L11 8.8M9 11l-1.6 1.6a2.6 2.6 0 0 1-3.8-3.8L5 7.2"
    />
  ),
  warning: (
    <>
      <path {...stroke(1.7)} d="M8 2.2l6.3 11.3H1.7z" />
      <path {...stroke(1.7)} d="M8 6.3v3.4M8 11v1.3" />
    </>
  ),
  box: <path {...stroke(1.7)} d="M3 5h10v8H3zM3 5l1-2.5h8L13 5M6.5 8h3" />,
  dash: <path {...stroke(2)} d="M4 8h8" />,
  info: (
    <>
      <circle {...stroke(1.7)} cx="8" cy="8" r="6" />
      <path {...stroke(1.8)} d="M8 7.2v4M8 4.4v1.2" />
    </>
  ),
  dots: (
    <g fill="currentColor">
      <circle cx="3.5" cy="8" r="1.3" />
      <circle cx="8" cy="8" r="1.3" />
      <circle cx="12.5" cy="8" r="1.3" />
    </g>
  ),
  star: <path {...stroke(1.4)} d={STAR} />,
  starred: <path fill="currentColor" d={STAR} />,
  external: (
    <path {...stroke(1.6)} d="M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3L7.5 8.5" />
  ),
  copy: <path {...stroke(1.5)} d="M5.5 5.5h7v8h-7zM3.5 10.5v-8h7" />
} as const;

function stroke(
  width: number
): React.SVGProps<SVGPathElement & SVGCircleElement> {
  return { fill: 'none', stroke: 'currentColor', strokeWidth: width };
}

export type GlyphName = keyof typeof PATHS;

/** A decorative drawing; the words beside it carry the meaning. */
export function Glyph({ name }: { name: GlyphName }): JSX.Element {
  return (
    <svg
      className="jp-sg-glyph"
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      {PATHS[name]}
    </svg>
  );
}
