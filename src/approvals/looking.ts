/** When to look for decisions: never before the product was opened. */
import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { Poll } from '@lumino/polling';
import { CommandIDs } from '../tokens';
import type { DecisionWatch } from './watch';

const MINUTE = 60_000;

/** Start of the ids of our own widgets in the shell. */
const OURS = /^(jp-sg-|jp-sagemaker-governance|sagemaker-governance)/;

/** Commands after which the user expects news. */
const NEWS: readonly string[] = [
  CommandIDs.openPanel,
  CommandIDs.openGroup,
  CommandIDs.refresh
];

/** What the looking works with. */
export interface ILookingOptions {
  app: Pick<JupyterFrontEnd, 'commands' | 'shell'>;
  /** null: another shell than the lab's; only commands wake it then. */
  shell: ILabShell | null;
  watch: Pick<DecisionWatch, 'check'>;
}

/**
 * Look on refresh and, once something of ours was opened, every few minutes
 * while the page is visible.
 *
 * @returns how to set the pace; 0 minutes: only on refresh.
 */
export function startLooking({ app, shell, watch }: ILookingOptions): {
  every: (minutes: number) => void;
} {
  let poll: Poll | null = null;
  let awake = false;
  let pace = 0;

  const repoll = (): void => {
    poll?.dispose();
    poll = null;
    if (awake && pace > 0) {
      poll = new Poll({
        name: 'sagemaker-governance:decisions',
        auto: false,
        factory: () => watch.check(),
        frequency: { interval: pace * MINUTE, backoff: true, max: 30 * MINUTE },
        standby: 'when-hidden'
      });
      void poll.start();
    }
  };
  const wake = (): void => {
    if (!awake) {
      awake = true;
      shell?.layoutModified.disconnect(notice);
      void watch.check();
      repoll();
    }
  };
  const notice = (): void => {
    // Not 'down': `LabShell.widgets` of 4.4 and 4.5 throws for it.
    for (const area of ['left', 'right', 'main']) {
      for (const widget of app.shell.widgets(area)) {
        if (OURS.test(widget.id) && widget.isVisible) {
          wake();
          return;
        }
      }
    }
  };

  app.commands.commandExecuted.connect((_, { id }) => {
    if (NEWS.includes(id)) {
      if (awake) {
        void watch.check();
      } else {
        wake();
      }
    }
  });
  shell?.layoutModified.connect(notice);

  return {
    every: minutes => {
      if (minutes !== pace) {
        pace = minutes;
        repoll();
      }
    }
  };
}
