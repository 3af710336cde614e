import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  IThemeManager,
  MainAreaWidget,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import { groupNameOf, parseArn } from '../../relay';
import {
  CommandIDs,
  IGovernance,
  IRegistry,
  IRelay,
  PLUGIN_NAMESPACE,
  type IGroupArgs
} from '../../tokens';
import { describedBy } from '../../ui';

/** Shows model package groups in the main area. */
export const documentPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_NAMESPACE}:document`,
  description:
    'Shows a model package group in the main area: versions, timeline, use case.',
  autoStart: true,
  requires: [IRelay, IRegistry],
  optional: [
    IGovernance,
    IRenderMimeRegistry,
    IThemeManager,
    ILayoutRestorer,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    registry: IRegistry,
    governance: IGovernance | null,
    rendermime: IRenderMimeRegistry | null,
    themes: IThemeManager | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const tracker = new WidgetTracker<MainAreaWidget>({
      namespace: 'sagemaker-governance-document'
    });
    /** ARN -> arguments and tab; also while a tab is being made. */
    const open = new Map<string, Promise<MainAreaWidget>>();
    const argsOf = new WeakMap<Widget, IGroupArgs>();

    const create = async (args: IGroupArgs): Promise<MainAreaWidget> => {
      const [{ GroupDocument }, client] = await Promise.all([
        import('./widget'),
        relay.queries()
      ]);
      const content = new GroupDocument({
        args,
        client,
        services: {
          relay,
          registry,
          governance,
          rendermime,
          themes,
          commands,
          trans
        }
      });
      const widget = new MainAreaWidget({ content, reveal: content.ready });
      // Its constructor calls every content "main area content".
      content.node.setAttribute(
        'aria-label',
        trans.__('Model package group %1', groupNameOf(args.group))
      );
      widget.id = `sagemaker-governance-document-${args.group}`;
      argsOf.set(widget, args);
      widget.disposed.connect(() => open.delete(args.group));
      return widget;
    };

    commands.addCommand(CommandIDs.openGroup, {
      label: trans.__('Open Model Package Group'),
      caption: trans.__('Show versions, timeline and use case of a group'),
      describedBy: describedBy('group', trans),
      execute: async args => {
        const { connection, group } = args;
        if (
          typeof connection !== 'string' ||
          !connection ||
          typeof group !== 'string' ||
          parseArn(group)?.type !== 'model-package-group'
        ) {
          throw new Error(
            trans.__(
              'Give the id of a connection and the ARN of a model package group.'
            )
          );
        }
        let opening = open.get(group);
        if (!opening) {
          opening = create({ connection, group });
          open.set(group, opening);
          // A chunk that did not load may load the next time.
          opening.catch(() => open.delete(group));
        }
        const widget = await opening;
        if (!widget.isAttached) {
          shell.add(widget, 'main');
        }
        if (!tracker.has(widget)) {
          await tracker.add(widget);
        }
        shell.activateById(widget.id);
        return widget;
      }
    });

    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openGroup,
        args: widget => ({ ...argsOf.get(widget) }),
        name: widget => argsOf.get(widget)?.group ?? ''
      });
    }
  }
};
