/** Ask which MLflow server is meant. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';

import { describeError } from '../relay';
import type { IMLflowConnection, IRelay } from '../tokens';
import { EmptyState, Notice, SearchBox } from '../ui';
import type { FormErrors, IFormOptions, IFormProps } from '../ui/formDialog';
import { type IListing, type IMLflowServer, listServers } from './servers';
import { serverMarks, serverText } from './serverWords';

export interface IChooserOptions {
  relay: IRelay;
  trans: TranslationBundle;
  /** Configured connections; these are there at once. */
  configured: readonly IMLflowConnection[];
  /** Id to begin with, empty: none. */
  preferred: string;
}

/** What was chosen. */
export interface IChosen {
  connection: IMLflowConnection;
  /** Open it without asking from now on. */
  remember: boolean;
}

interface IChooserValue {
  chosen: IMLflowConnection | null;
  remember: boolean;
}

/** What the form knows; the search for more goes on while it is open. */
type Context = IChooserOptions;

/** What is known of found servers: nothing yet, a listing, or a failure. */
interface IFound {
  listing: IListing | null;
  error: unknown;
  isLooking: boolean;
}

/** Servers whose pages can be opened. */
function openable<S extends IMLflowConnection>(servers: readonly S[]): S[] {
  return servers.filter(({ ui }) => ui !== 'none');
}

/** Servers that are seen at a glance; more can be searched. */
const GLANCE = 8;

/** Whether all words of a search are in what is said of a server. */
function matches(
  server: IMLflowConnection,
  words: readonly string[],
  trans: TranslationBundle
): boolean {
  const said = [
    server.label,
    serverText(server, trans),
    ...serverMarks(server, trans)
  ]
    .join(' ')
    .toLocaleLowerCase();
  return words.every(word => said.includes(word));
}

function Body({
  context,
  value,
  set,
  trans
}: IFormProps<Context, IChooserValue>): JSX.Element {
  const { relay, configured, preferred } = context;
  const [found, setFound] = useState<IFound>({
    listing: null,
    error: null,
    isLooking: true
  });
  const [search, setSearch] = useState(0);
  const [text, setText] = useState('');
  useEffect(() => {
    let shown = true;
    setFound(now => ({ ...now, isLooking: true }));
    listServers(relay, { search: search > 0 }).then(
      listing => {
        if (shown) {
          setFound({ listing, error: null, isLooking: false });
        }
      },
      (error: unknown) => {
        if (shown) {
          setFound(now => ({ ...now, error, isLooking: false }));
        }
      }
    );
    return () => {
      shown = false;
    };
  }, [relay, search]);
  const { listing, error, isLooking } = found;
  const servers = openable<IMLflowConnection | IMLflowServer>(
    listing?.servers ?? configured
  );
  const wanted = servers.find(({ id }) => id === preferred);
  const { chosen } = value;
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  // What is chosen stays in sight: it is what “Open” opens.
  const rows = servers.filter(
    server => server.id === chosen?.id || matches(server, words, trans)
  );
  useEffect(() => {
    if (!chosen && wanted) {
      set({ chosen: wanted });
    }
  }, [chosen, wanted, set]);
  const again = {
    label: trans.__('Search again'),
    onClick: () => setSearch(search + 1)
  };
  return (
    <>
      {error !== null && (
        <Notice action={again}>
          {trans.__(
            'Other servers could not be searched for: %1.',
            describeError(error, trans).message
          )}
        </Notice>
      )}
      {servers.length > GLANCE && (
        <>
          <SearchBox
            value={text}
            label={trans.__('Search servers by name, kind, account or state')}
            placeholder={trans.__('Search servers')}
            onChange={setText}
          />
          <p role="status" className="jp-sg-mlflow-detail">
            {words.length > 0
              ? trans.__('%1 of %2', rows.length, servers.length)
              : trans._n('%1 server', '%1 servers', servers.length)}
          </p>
        </>
      )}
      {rows.length > 0 && (
        <fieldset className="jp-sg-picks jp-sg-mlflow-picks">
          <legend>{trans.__('MLflow servers')}</legend>
          {rows.map(server => (
            <label key={server.id}>
              <input
                type="radio"
                name="jp-sg-mlflow-server"
                data-sg-first={server.id === chosen?.id || undefined}
                checked={chosen?.id === server.id}
                onChange={() => set({ chosen: server })}
              />
              <bdi>{server.label}</bdi>
              {serverMarks(server, trans).map(mark => (
                <span key={mark} className="jp-sg-mlflow-chip">
                  {mark}
                </span>
              ))}
              <small>{serverText(server, trans)}</small>
            </label>
          ))}
        </fieldset>
      )}
      {isLooking ? (
        <p role="status" className="jp-sg-mlflow-detail">
          {trans.__('Looking for servers in SageMaker…')}
        </p>
      ) : (
        servers.length === 0 &&
        error === null && (
          <EmptyState title={trans.__('No MLflow server')} actions={[again]}>
            {listing?.servers.length
              ? trans.__(
                  'Your administrator has switched MLflow’s pages off; registering from MLflow works.'
                )
              : trans.__(
                  'None is configured, and none was found in SageMaker. An administrator adds one to the configuration of the server extension.'
                )}
          </EmptyState>
        )
      )}
      {servers.length > 0 && error === null && (
        <button
          type="button"
          className="jp-sg-link"
          // Out of reach it would lose the focus.
          aria-disabled={isLooking}
          onClick={isLooking ? undefined : again.onClick}
        >
          {again.label}
        </button>
      )}
      <Notes listing={listing} trans={trans} />
      {servers.length > 0 && (
        <label className="jp-sg-mlflow-remember">
          <input
            type="checkbox"
            checked={value.remember}
            onChange={event => set({ remember: event.target.checked })}
          />
          {trans.__('Open this one without asking from now on')}
        </label>
      )}
    </>
  );
}

/** What could not be searched: nobody did anything wrong. */
function Notes({
  listing,
  trans
}: {
  listing: IListing | null;
  trans: TranslationBundle;
}): JSX.Element | null {
  const notes = listing?.notes ?? [];
  if (notes.length === 0) {
    return null;
  }
  return (
    <details className="jp-sg-mlflow-notes">
      <summary>
        {trans._n(
          'There may be more: %1 search was not possible',
          'There may be more: %1 searches were not possible',
          notes.length
        )}
      </summary>
      <ul>
        {notes.map(({ connection, operation, message, hint }) => (
          <li key={`${connection} ${operation}`}>
            <bdi>{message}</bdi> {hint}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Times it was asked: what was picked and not opened is no draft. */
let asked = 0;

/** The form that asks for a server. */
export function chooserForm(
  options: IChooserOptions
): IFormOptions<Context, IChooserValue, IChosen> {
  const { trans, configured, preferred } = options;
  const missing = trans.__('Choose a server.');
  return {
    title: trans.__('Open MLflow'),
    subject: `choose-mlflow:${++asked}`,
    trans,
    load: async () => options,
    initial: () => ({
      chosen: openable(configured).find(({ id }) => id === preferred) ?? null,
      remember: false
    }),
    check: ({ chosen }): FormErrors => (chosen ? {} : { chosen: missing }),
    submit: async ({ chosen, remember }) => {
      if (!chosen) {
        throw new Error(missing);
      }
      return { connection: chosen, remember };
    },
    Body,
    acceptLabel: () => trans.__('Open'),
    enterAccepts: true
  };
}
