/** The dialog that takes a link back. */
import type {
  FormErrors,
  IFormOptions,
  IFormProps,
  ISubmitTools
} from '../../ui/formDialog';
import type { IActionServices, ILinkRecord } from '../trail';
import { rest } from '../trail';
import { PartialError } from './failures';
import { PartsList } from './preview';
import { takeBack } from './run';
import { describeLinking, progressOf } from './words';
import '../../../style/linking.css';

interface IUndoContext {
  /** As it is by now; changes with every part. */
  current: () => ILinkRecord;
}

/** The form; its result is what was taken back. */
export function undoForm(options: {
  services: IActionServices;
  record: ILinkRecord;
  /** Called before and after each part, so that a reload loses nothing. */
  keep: (record: ILinkRecord) => Promise<void>;
  /** What was kept last did not happen. */
  drop: () => Promise<void>;
}): IFormOptions<IUndoContext, object, ILinkRecord> {
  const { services, keep, drop } = options;
  const { trans } = services;
  let { record } = options;
  // A try that was stopped may still be writing its last part.
  let running: Promise<void> = Promise.resolve();
  const take = async (tools: ISubmitTools): Promise<ILinkRecord> => {
    try {
      record = await takeBack(
        {
          services,
          signal: tools.signal,
          progress: part => tools.progress(progressOf('unlink', part, trans)),
          keep,
          drop
        },
        record
      );
      return record;
    } catch (error) {
      if (error instanceof PartialError) {
        ({ record } = error);
      }
      throw error;
    } finally {
      tools.progress('');
    }
  };
  return {
    title: trans.__('Undo the link of %1', record.name),
    subject: `undo:${record.group}`,
    trans,
    load: async () => ({ current: () => record }),
    initial: () => ({}),
    check: (): FormErrors =>
      rest({ ...record, kind: 'unlink' }).length
        ? {}
        : { '': trans.__('Nothing of it is left to take back.') },
    submit: async (_, __, tools) => {
      await running;
      const run = take(tools);
      running = run.then(
        () => undefined,
        () => undefined
      );
      return run;
    },
    Body: ({ context }: IFormProps<IUndoContext, object>) => (
      <>
        <p className="jp-sg-link-lead">
          {trans.__(
            'This takes back what the link to %1 has written, and nothing else.',
            context.current().useCase.label
          )}
          {context.current().former.length
            ? ` ${trans.__('What stood there before comes back first.')}`
            : ''}
        </p>
        <PartsList record={context.current()} kind="unlink" trans={trans} />
      </>
    ),
    acceptLabel: () =>
      record.kind === 'unlink'
        ? trans.__('Try the rest again')
        : trans.__('Undo link'),
    describe: error => describeLinking(error, trans)
  };
}
