/** What the lab knows of a framed MLflow, and what that may wish for. */
import type { FrameMessage } from './protocol';

/** Where a frame is in its life. */
export type Phase =
  /** Assets of `index.html`: so many of so many are here. */
  | { kind: 'loading'; done: number; total: number }
  | { kind: 'ready' }
  /** Nothing has happened for a while; it goes on by itself if it can. */
  | { kind: 'stalled'; done: number; total: number; seconds: number }
  /** The page went elsewhere; the frame has been removed. */
  | { kind: 'left' }
  /** The page sent more than the lab can take; the frame has been removed. */
  | { kind: 'flooded' }
  /** The page does not answer: it crashed or hangs. It may come back. */
  | { kind: 'silent' }
  | { kind: 'failed'; error: unknown };

/** What the frame asks of the lab beyond data. */
export type FrameWish = Extract<
  FrameMessage,
  { kind: 'open' | 'download' | 'save' | 'copy' | 'key' | 'reload' }
>;

/** Where the page is, and whether it can go back and forward. */
export interface IPlace {
  route: string;
  back: boolean;
  forward: boolean;
}
