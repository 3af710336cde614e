/** The tab; loaded when it is first opened. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { find } from '@lumino/algorithm';

import packageJson from '../../package.json';
import { API_VERSION } from '../tokens';
import type { ICheckSummary, IRelay } from '../tokens';
import { governanceIcon } from '../ui';
import { DoctorModel } from './model';
import { DoctorView } from './view';
import '../../style/doctor.css';

const ID = 'jp-sg-doctor';

interface IShowOptions {
  app: JupyterFrontEnd;
  relay: IRelay;
  trans: TranslationBundle;
  /** Where the last summary is kept. */
  known: { last: ICheckSummary | null };
}

/** Content of the tab. */
class DoctorDocument extends ReactWidget {
  constructor(
    readonly model: DoctorModel,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-sg-page');
    this.addClass('jp-sg-doctor');
    // Scrolled by keys too.
    this.node.tabIndex = 0;
  }

  render(): JSX.Element {
    return <DoctorView model={this.model} trans={this._trans} />;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
    }
    super.dispose();
  }

  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.node.focus();
  }
}

/** Show the tab and run the checks, unless they run already. */
export function show(options: IShowOptions): void {
  const { app, relay, trans, known } = options;
  const { shell } = app;
  const open = find(shell.widgets('main'), ({ id }) => id === ID);
  if (open instanceof MainAreaWidget) {
    const { model } = open.content as DoctorDocument;
    shell.activateById(ID);
    if (model.snapshot.state !== 'running') {
      void model.run();
    }
    return;
  }
  const page = {
    version: packageJson.version,
    api: API_VERSION,
    lab: app.version
  };
  const model = new DoctorModel(relay, page, summary => {
    known.last = summary;
  });
  const widget = new MainAreaWidget({
    content: new DoctorDocument(model, trans)
  });
  // Its constructor calls every content "main area content".
  widget.content.node.setAttribute(
    'aria-label',
    trans.__('Check of this installation')
  );
  widget.id = ID;
  widget.title.label = trans.__('Check of the installation');
  widget.title.caption = trans.__(
    'Check of the installation of model governance'
  );
  widget.title.icon = governanceIcon;
  widget.title.closable = true;
  shell.add(widget, 'main', { type: 'Model Governance' });
  shell.activateById(ID);
  void model.run();
}
