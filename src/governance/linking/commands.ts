/** Linking a group and taking a link back, with what is told afterwards. */
import { Notification } from '@jupyterlab/apputils';

import { groupNameOf } from '../../relay';
import { CommandIDs, type IGroupArgs } from '../../tokens';
import { openActions } from '../../ui';
import { showForm } from '../../ui/formDialog';
import {
  type IActionServices,
  type ILinkRecord,
  rest,
  trailOf,
  undoable
} from '../trail';
import { subject } from '../trail/subject';
import { linkForm } from './dialog';
import { undoForm } from './undoDialog';

/** Longest notification that JupyterLab shows without cutting. */
const LONGEST = 140;

/** Ids of the notifications that offer to undo, by ARN of the group. */
const notifications = new Map<string, string>();

/**
 * Link the group of the arguments, else the chosen one.
 *
 * @returns ARN of the group where something was, or may have been, written;
 * else null.
 */
export async function link(
  services: IActionServices,
  given: Partial<IGroupArgs>
): Promise<string | null> {
  const { trans, commands } = services;
  const args = subject(services, given);
  if (!args) {
    return null;
  }
  const trail = trailOf();
  await trail?.ready;
  let wrote = false;
  const before = trail?.link(args.group) ?? null;
  const begun =
    before?.kind === 'link' && rest(before).length > 0 ? before : null;
  const keep = async (record: ILinkRecord): Promise<void> => {
    wrote = true;
    await trail?.put(record);
  };
  const drop = async (): Promise<void> => {
    wrote = false;
    await (before
      ? trail?.put(before)
      : trail?.forget({ kind: 'link', ...args }));
  };
  const record = await showForm(
    linkForm({ services, args, begun, keep, drop })
  );
  if (!record) {
    return wrote ? args.group : null;
  }
  await keep(record);
  const told = Notification.success(
    trans
      .__(
        '%1 is linked to %2; waiting for synchronisation.',
        record.name,
        record.useCase.label
      )
      .slice(0, LONGEST),
    {
      autoClose: 8000,
      actions: [
        ...(undoable(record)
          ? [
              {
                label: trans.__('Undo'),
                callback: () =>
                  void commands.execute(CommandIDs.undoLink, { ...args })
              }
            ]
          : []),
        ...openActions({ commands, trans }, args)
      ]
    }
  );
  notifications.set(args.group, told);
  return args.group;
}

/**
 * Take the last link of the group back.
 *
 * @returns as `link` does.
 */
export async function undo(
  services: IActionServices,
  given: Partial<IGroupArgs>
): Promise<string | null> {
  const { trans } = services;
  const args = subject(services, given);
  if (!args) {
    return null;
  }
  const trail = trailOf();
  await trail?.ready;
  let wrote = false;
  const record = trail?.link(args.group);
  if (!trail || !record || !undoable(record)) {
    Notification.warning(
      trans
        .__(
          'No link of %1 was written from here in the last day: take it back in the governance console.',
          groupNameOf(args.group)
        )
        .slice(0, LONGEST),
      { autoClose: 8000 }
    );
    return null;
  }
  const done = await showForm(
    undoForm({
      services,
      record,
      keep: kept => {
        wrote = true;
        return trail.put(kept);
      },
      drop: () => {
        wrote = false;
        return trail.put(record);
      }
    })
  );
  if (!done) {
    return wrote ? args.group : null;
  }
  // What it offers is done.
  Notification.dismiss(notifications.get(args.group) ?? '');
  const kept = Object.values(done.parts).some(part => part?.state === 'kept');
  if (done.kind === 'unlink' || kept) {
    await trail.put(done);
  } else {
    // Nothing in OpenPages was ours: there is nothing to wait for.
    await trail.forget(done);
  }
  const say = kept ? Notification.warning : Notification.success;
  say(
    (kept
      ? trans.__(
          'A part of the link of %1 stays as it is: its document tells why.',
          done.name
        )
      : trans.__(
          'The link of %1 to %2 was taken back.',
          done.name,
          done.useCase.label
        )
    ).slice(0, LONGEST),
    { autoClose: 8000 }
  );
  return args.group;
}
