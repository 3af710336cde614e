/** Starting or moving a workflow, with what is told afterwards. */
import { Notification } from '@jupyterlab/apputils';

import { groupNameOf } from '../../relay';
import type { IWorkflowArgs } from '../../tokens';
import { openActions } from '../../ui';
import { showForm } from '../../ui/formDialog';
import { type IActionServices, trailOf } from '../trail';
import { subject as subjectOf } from '../trail/subject';
import { moveForm } from './dialog';

/** Longest notification that JupyterLab shows without cutting. */
const LONGEST = 140;

/**
 * Move a workflow of the group of the arguments, else of the chosen one.
 *
 * @returns ARN of the group whose workflow was, or may have been, moved; else
 * null.
 */
export async function move(
  services: IActionServices,
  given: Partial<IWorkflowArgs>
): Promise<string | null> {
  const { governance, trans, commands } = services;
  const group = subjectOf(services, given);
  if (!group) {
    return null;
  }
  const args: IWorkflowArgs = {
    ...group,
    ...(typeof given.object === 'string' && given.object
      ? { object: given.object }
      : {})
  };
  let sent = false;
  const done = await showForm(
    moveForm(services, args, () => {
      sent = true;
    })
  );
  if (!done) {
    if (sent) {
      // It may have gone through all the same: the reading tells.
      void governance.refresh().catch(() => undefined);
    }
    return sent ? group.group : null;
  }
  const { subject } = done.offer;
  const { useCase } = subject;
  const workflow =
    done.move.kind === 'start'
      ? done.move.name
      : (done.offer.active?.state.workflow ?? trans.__('Workflow'));
  if (useCase) {
    const now = Date.now();
    await trailOf()?.put({
      kind: 'workflow',
      ...group,
      name: groupNameOf(args.group),
      console: subject.console.id,
      consoleLabel: subject.console.label,
      object: { id: subject.id, label: subject.label, url: subject.url },
      workflow,
      action: done.move.kind === 'start' ? null : done.move.name,
      before: {
        status: useCase.status,
        modifiedAt: useCase.modifiedAt,
        workflow: useCase.workflow
      },
      at: now,
      waitingSince: now,
      state: 'waiting'
    });
  } else {
    // No reading holds models: the console itself has told where it stands.
    void governance.refresh().catch(() => undefined);
  }
  const stage = done.now?.state.stage;
  const text =
    done.now === null
      ? trans.__('%1 has ended on %2.', workflow, subject.label)
      : stage
        ? trans.__(
            '%1 on %2: now in stage “%3”.',
            workflow,
            subject.label,
            stage
          )
        : trans.__('%1 on %2 was moved.', workflow, subject.label);
  Notification.success(text.slice(0, LONGEST), {
    autoClose: 8000,
    actions: openActions({ commands, trans }, group)
  });
  return group.group;
}
