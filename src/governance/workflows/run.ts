/** Starts or moves a workflow, unless somebody else was first. */
import type { IActionServices } from '../trail';
import { isUnclear, WorkflowClient } from './client';
import type { IOffer } from './context';
import type { IActive } from './offers';

/** What is done. */
export type Move =
  | { kind: 'start'; definition: string; name: string }
  | { kind: 'action'; name: string; comment: string | null };

/** Where the object stands afterwards. */
export interface IMoved {
  offer: IOffer;
  move: Move;
  /** null: in no workflow any more; undefined: could not be read. */
  now: IActive | null | undefined;
}

/** The workflow has moved since the user saw it. */
export class MovedMeanwhileError extends Error {
  constructor(readonly now: IActive | null) {
    super('The workflow has moved meanwhile.');
    this.name = 'MovedMeanwhileError';
  }
}

/** An answer was lost, and the object stands elsewhere: it went through. */
function differs(a: IActive | null, b: IActive | null): boolean {
  return (
    a?.state.instance !== b?.state.instance || a?.state.stage !== b?.state.stage
  );
}

/**
 * Start a workflow, or take an action of the one that is active.
 *
 * @param progress - called between looking and writing.
 * @throws MovedMeanwhileError, OpenPagesError, RelayError
 */
export async function carryOutMove(
  { relay }: Pick<IActionServices, 'relay'>,
  offer: IOffer,
  move: Move,
  progress: () => void,
  signal?: AbortSignal
): Promise<IMoved> {
  const { subject } = offer;
  const client = new WorkflowClient({
    relay,
    connection: subject.console.id
  });
  const look = async (): Promise<IActive | null> =>
    (await client.active(subject.type, signal)).get(subject.id) ?? null;
  const before = await look();
  if (differs(offer.active, before)) {
    throw new MovedMeanwhileError(before);
  }
  progress();
  try {
    if (move.kind === 'start') {
      await client.start(move.definition, subject.id, signal);
    } else {
      await client.transition(
        before?.state.instance ?? '',
        move.name,
        move.comment,
        signal
      );
    }
  } catch (error) {
    if (!isUnclear(error)) {
      throw error;
    }
    // The answer is lost; where the object stands now tells what became of it.
    const now = await look().catch(() => before);
    if (!differs(before, now)) {
      throw error;
    }
    return { offer, move, now };
  }
  return { offer, move, now: await look().catch(() => undefined) };
}
