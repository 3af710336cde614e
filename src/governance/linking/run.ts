/**
 * Carries a link out, part by part, and takes it back.
 *
 * The record says after every part what was written: a failure in the middle
 * leaves nothing in doubt, and the rest can be tried again.
 */
import { RelayError } from '../../relay';
import {
  type IActionServices,
  type ILinkRecord,
  type IPart,
  type Part,
  PARTS,
  rest
} from '../trail';
import {
  LinkedMeanwhileError,
  NotAllowedError,
  OverwrittenError,
  PartialError
} from './failures';
import type { ILinkPlan, ILinkValue } from './plan';
import { labelOf } from './plan';
import { restoreCard, restoreTag, writeCard, writeTag } from './tagAndCard';
import { OnlyParentError, OpenPagesWriter, UnclearError } from './writes';

/** What a run works with. */
export interface IRun {
  services: Pick<IActionServices, 'relay' | 'registry'>;
  signal?: AbortSignal;
  /** Called before each part. */
  progress: (part: Part) => void;
  /** Called before and after each part, so that a reload loses nothing. */
  keep: (record: ILinkRecord) => Promise<void>;
  /** What was kept last did not happen: what was known before holds. */
  drop: () => Promise<void>;
  /** Clock, ms since epoch. */
  now?: () => number;
}

/** The record of a link that is about to be written. */
export function recordOf(
  args: { connection: string; group: string; name: string },
  plan: ILinkPlan,
  value: ILinkValue,
  now: number
): ILinkRecord {
  const { console, object } = plan.target;
  const former = value.removeFormer ? plan.former : [];
  const tag = value.tag ? plan.tag.write : null;
  const card = value.card ? plan.card.write : null;
  const open = (wanted: boolean): IPart | null =>
    wanted ? { state: 'open' } : null;
  return {
    kind: 'link',
    ...args,
    console: console.id,
    consoleLabel: console.label,
    object: object.id,
    useCase: {
      id: plan.useCase.id,
      label: labelOf(plan.useCase),
      url: plan.useCase.url
    },
    former: former.map(one => ({ id: one.id, label: labelOf(one) })),
    tag,
    card,
    parts: {
      association: { state: 'open' },
      former: open(former.length > 0),
      tag: open(tag !== null),
      card: open(card !== null)
    },
    at: now,
    waitingSince: now,
    state: 'waiting'
  };
}

/**
 * Ask for the rights that a link needs, and whether the group still stands
 * where the user saw it. Nothing is written.
 *
 * @param known - Resource IDs of use cases of the console; those `seen` above
 * the group when the dialog opened.
 * @throws NotAllowedError, LinkedMeanwhileError, OpenPagesError, RelayError
 */
export async function refuseBeforehand(
  run: Pick<IRun, 'services' | 'signal'>,
  record: ILinkRecord,
  known: ReadonlyMap<string, string>,
  seen: ReadonlySet<string>
): Promise<void> {
  const { signal } = run;
  const writer = writerOf(run, record);
  const asked: [string, string][] = [
    [record.object, record.name],
    [record.useCase.id, record.useCase.label],
    ...record.former.map(({ id, label }): [string, string] => [id, label])
  ];
  const [parents, ...rights] = await Promise.all([
    writer.parents(record.object, signal),
    ...asked.map(([id]) => writer.mayAssociate(id, signal))
  ]);
  const refused = asked.find((_, index) => rights[index] === false);
  if (refused) {
    throw new NotAllowedError(refused[1]);
  }
  for (const { id } of parents) {
    const label = known.get(id);
    if (label && id !== record.useCase.id && !seen.has(id)) {
      throw new LinkedMeanwhileError(label);
    }
  }
}

/**
 * Write what is still open of a link.
 *
 * @returns the record with every part written, or so before.
 * @throws PartialError once something was written; before that what the writes
 * throw.
 */
export async function carryOut(
  run: IRun,
  record: ILinkRecord
): Promise<ILinkRecord> {
  return each(run, record, rest(record), async (part, tried) => {
    switch (part) {
      case 'association':
        return {
          state: await writerOf(run, record).addParent(
            record.object,
            record.useCase.id,
            tried,
            run.signal
          )
        };
      case 'former':
        await removeFormer(run, record, tried);
        return { state: 'written' };
      case 'tag':
        return writeTag(run, record, tried);
      case 'card':
        return writeCard(run, record, tried);
    }
  });
}

/**
 * Take back what a link has written, in the opposite order; former use cases
 * come back before the new one goes.
 *
 * A part that somebody changed since, and an association that is the object's
 * only one, stay and say why (`kept`).
 *
 * @throws PartialError once something was taken back; before that what the
 * writes throw.
 */
export async function takeBack(
  run: IRun,
  record: ILinkRecord
): Promise<ILinkRecord> {
  const undo: ILinkRecord = { ...record, kind: 'unlink' };
  const order: Part[] = ['card', 'tag', 'former', 'association'];
  const open = rest(undo);
  const taken = await each(
    run,
    undo,
    order.filter(part => open.includes(part)),
    async (part, tried) => {
      try {
        await takeBackPart(run, undo, part, tried);
        return { state: 'undone' };
      } catch (error) {
        if (
          error instanceof OnlyParentError ||
          error instanceof OverwrittenError
        ) {
          return { state: 'kept', reason: error.message };
        }
        throw error;
      }
    }
  );
  const { parts } = taken;
  if (parts.association?.state === 'undone') {
    return taken;
  }
  // Nothing is to be waited for where the association stays.
  const stays: ILinkRecord = { ...taken, kind: 'link', state: record.state };
  await run.keep(stays);
  return stays;
}

async function removeFormer(
  run: IRun,
  record: ILinkRecord,
  tried: boolean
): Promise<void> {
  const writer = writerOf(run, record);
  let removed = false;
  for (const { id } of record.former) {
    try {
      await writer.removeParent(record.object, id, tried, run.signal);
      removed = true;
    } catch (error) {
      // Undoing has to bring back those that are gone.
      throw removed && !(error instanceof UnclearError)
        ? new UnclearError(error)
        : error;
    }
  }
}

async function takeBackPart(
  run: IRun,
  record: ILinkRecord,
  part: Part,
  tried: boolean
): Promise<void> {
  const writer = writerOf(run, record);
  switch (part) {
    case 'association':
      await writer.removeParent(
        record.object,
        record.useCase.id,
        tried,
        run.signal
      );
      return;
    case 'former':
      for (const { id } of record.former) {
        await writer.addParent(record.object, id, tried, run.signal);
      }
      return;
    case 'tag':
      await restoreTag(run, record);
      return;
    case 'card':
      await restoreCard(run, record);
      return;
  }
}

/** Do parts one after the other; the record is kept with each. */
async function each(
  run: IRun,
  first: ILinkRecord,
  parts: readonly Part[],
  act: (part: Part, tried: boolean) => Promise<IPart>
): Promise<ILinkRecord> {
  let record = first;
  let acted = PARTS.some(part => isSettled(first, part));
  const set = async (part: Part, state: IPart): Promise<void> => {
    const now = (run.now ?? Date.now)();
    record = {
      ...record,
      waitingSince: now,
      state: 'waiting',
      parts: { ...record.parts, [part]: state }
    };
    await run.keep(record);
  };
  for (const part of parts) {
    if (run.signal?.aborted) {
      const stopped = new DOMException('Stopped by the user', 'AbortError');
      throw acted ? new PartialError(record, part, stopped) : stopped;
    }
    run.progress(part);
    const before = record.parts[part]?.state;
    // A page that is closed while it writes leaves word of it.
    await set(part, { state: 'unclear' });
    let done: IPart;
    try {
      done = await act(part, before === 'failed' || before === 'unclear');
    } catch (error) {
      const failure = error instanceof UnclearError ? error.failure : error;
      const lost = isLost(error, part);
      if (!acted && !lost) {
        await run.drop();
        throw failure;
      }
      if (error instanceof OverwrittenError && error.again) {
        record = { ...record, [error.part]: error.again };
      }
      const failed = record.kind === 'unlink' ? 'written' : 'failed';
      await set(part, {
        state: lost ? 'unclear' : failed,
        reason: reasonOf(failure)
      });
      throw new PartialError(record, part, failure);
    }
    acted = true;
    await set(part, done);
  }
  return record;
}

/** Whether after a failure nobody knows what became of a part. */
function isLost(error: unknown, part: Part): boolean {
  return part === 'tag' || part === 'card'
    ? error instanceof RelayError
    : error instanceof UnclearError;
}

/** Whether a part was done before this run. */
function isSettled({ kind, parts }: ILinkRecord, part: Part): boolean {
  const state = parts[part]?.state;
  return kind === 'link'
    ? state === 'written' || state === 'already'
    : state === 'undone';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function writerOf(
  { services }: Pick<IRun, 'services'>,
  { console }: ILinkRecord
): OpenPagesWriter {
  return new OpenPagesWriter({ relay: services.relay, connection: console });
}
