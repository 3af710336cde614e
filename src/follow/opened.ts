/** Whether something of ours was opened in this session of the lab. */
import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { CommandIDs } from '../tokens';

/** Start of the ids of our own widgets in the shell. */
const OURS = /^(jp-sg-|jp-sagemaker-governance|sagemaker-governance)/;

/** Commands that open something of ours. */
const OPENING: readonly string[] = [CommandIDs.openPanel, CommandIDs.openGroup];

/**
 * Call back once, when the panel or a document of ours is first shown.
 *
 * @param shell null: another shell than the lab's; only commands tell then
 */
export function whenOpened(
  app: Pick<JupyterFrontEnd, 'commands' | 'shell'>,
  shell: Pick<ILabShell, 'layoutModified'> | null,
  call: () => void
): void {
  const { commands } = app;
  const opened = (): void => {
    shell?.layoutModified.disconnect(look);
    commands.commandExecuted.disconnect(notice);
    call();
  };
  const look = (): void => {
    // Not 'down': `LabShell.widgets` of 4.4 and 4.5 throws for it.
    for (const area of ['left', 'right', 'main']) {
      for (const widget of app.shell.widgets(area)) {
        if (OURS.test(widget.id) && widget.isVisible) {
          opened();
          return;
        }
      }
    }
  };
  const notice = (_: unknown, { id }: { id: string }): void => {
    if (OPENING.includes(id)) {
      opened();
    }
  };
  shell?.layoutModified.connect(look);
  commands.commandExecuted.connect(notice);
}
