import type { IMetricPoint } from '../tokens';
import { placePoints } from './metrics';

/** px; the style sheet gives the same size. */
const WIDTH = 64;
const HEIGHT = 16;
/** px; keeps line and dot inside. */
const PAD = 2;

/**
 * How a metric went, as a line that ends in a dot. The row says it in words.
 */
export function Sparkline(props: {
  points: readonly IMetricPoint[];
}): JSX.Element | null {
  const places = placePoints(props.points, WIDTH, HEIGHT, PAD);
  const end = places[places.length - 1];
  if (!end) {
    return null;
  }
  const line = places
    .map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
  return (
    <svg
      className="jp-sg-spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
      focusable="false"
    >
      <path className="jp-sg-spark-line" d={line} />
      <circle className="jp-sg-spark-end" cx={end[0]} cy={end[1]} r="1.8" />
    </svg>
  );
}
