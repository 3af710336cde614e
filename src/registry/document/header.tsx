import {
  ellipsesIcon,
  refreshIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import {
  actorName,
  type IPersona,
  type IWaiting,
  waitingText,
  waitsForMe
} from '../../approvals';
import { MentionText, statusLabel, type KnownUseCases } from '../../governance';
import {
  CommandIDs,
  type IGovernanceStatus,
  type IGroupArgs,
  type IModelPackage,
  type IModelPackageDetails,
  type IModelPackageGroup
} from '../../tokens';
import {
  absoluteTime,
  Age,
  dateOf,
  Glyph,
  StatusBadge,
  useNow
} from '../../ui';
import { useServices } from './context';
import { primaryAction, runRoute } from './model';

export interface IHeaderProps {
  group: IModelPackageGroup;
  /** What people call the registry. */
  registryLabel: string;
  status: IGovernanceStatus | null;
  /** Use cases that the description may name. */
  known: KnownUseCases;
  /** Who has the ball; null: nothing is awaited, or not known yet. */
  waiting: IWaiting | null;
  versions: readonly IModelPackage[];
  /** Not all pages of versions are here. */
  more: boolean;
  selected: IModelPackage | null;
  details: IModelPackageDetails | null;
  me: IPersona | null;
  updatedAt: number | null;
  busy: boolean;
  onRefresh: () => void;
  onMenu: (at: { x: number; y: number }) => void;
}

/** Name, status and what can be done. */
export function Header(props: IHeaderProps): JSX.Element {
  const { group, status, selected, details } = props;
  const { commands, trans } = useServices();
  const creator = actorName(group.createdBy);
  const count = props.versions.length;
  const primary = primaryAction(selected, props.me, status);
  const target = { connection: group.connection, group: group.arn };
  const run = (id: string, args: object): void => {
    void commands.execute(id, { ...args });
  };
  const route = runRoute(details?.run ?? null);
  const chosen = selected ? { ...target, package: selected.arn } : null;

  return (
    <div className="jp-sg-doc-header">
      <div className="jp-sg-doc-titles">
        <h2>
          <bdi>{group.name}</bdi>
        </h2>
        {status && (
          <StatusBadge
            state={status.state}
            bucket={status.bucket}
            label={statusLabel(status, trans)}
            stale={status.stale}
          />
        )}
        {props.waiting && <Ball waiting={props.waiting} />}
      </div>
      <div className="jp-sg-doc-actions">
        {commands.hasCommand(CommandIDs.openMLflow) && (
          <Action
            onClick={() =>
              run(
                CommandIDs.openMLflow,
                route && details?.run
                  ? {
                      route,
                      ...(details.run.connection
                        ? { connection: details.run.connection }
                        : {})
                    }
                  : {}
              )
            }
            title={
              route
                ? trans.__('Open the run behind version %1', selected?.version)
                : trans.__('No run is recorded for this version')
            }
          >
            {trans.__('Open in MLflow')}
          </Action>
        )}
        {commands.hasCommand(CommandIDs.registerModel) && (
          <Action
            primary={primary === 'register'}
            onClick={() => run(CommandIDs.registerModel, target)}
          >
            {trans.__('Register version')}
          </Action>
        )}
        {primary === 'request' &&
          chosen &&
          commands.hasCommand(CommandIDs.requestApproval) && (
            <Action
              primary
              onClick={() => run(CommandIDs.requestApproval, chosen)}
              title={trans.__('For version %1', selected?.version)}
            >
              {trans.__('Request approval')}
            </Action>
          )}
        {primary === 'decide' &&
          chosen &&
          commands.hasCommand(CommandIDs.decide) && (
            <>
              <Action
                onClick={() =>
                  run(CommandIDs.decide, { ...chosen, decision: 'Rejected' })
                }
                title={trans.__('Version %1', selected?.version)}
              >
                {trans.__('Reject…')}
              </Action>
              <Action
                primary
                onClick={() =>
                  run(CommandIDs.decide, { ...chosen, decision: 'Approved' })
                }
                title={trans.__('Version %1', selected?.version)}
              >
                {trans.__('Approve…')}
              </Action>
            </>
          )}
        {commands.hasCommand(CommandIDs.toggleStar) && <Star {...target} />}
        <IconAction
          icon={refreshIcon}
          label={trans.__('Refresh')}
          busy={props.busy}
          onClick={props.onRefresh}
        />
        <IconAction
          icon={ellipsesIcon}
          label={trans.__('More actions')}
          menu
          onClick={event => {
            const box = event.currentTarget.getBoundingClientRect();
            props.onMenu({ x: box.left, y: box.bottom });
          }}
        />
      </div>
      <p className="jp-sg-doc-meta">
        <span>
          {`${props.registryLabel} · ${group.account} · ${group.region}`}
        </span>
        <span>
          {props.more
            ? trans.__('more than %1 versions', count)
            : trans._n('%1 version', '%1 versions', count)}
        </span>
        {group.createdAt !== null && (
          <span title={absoluteTime(group.createdAt)}>
            {creator
              ? trans.__('created by %1 · %2', creator, dateOf(group.createdAt))
              : trans.__('created %1', dateOf(group.createdAt))}
          </span>
        )}
        {group.shared && <span>{trans.__('shared by another account')}</span>}
        <Age
          at={props.updatedAt}
          trans={trans}
          say={age => trans.__('updated %1', age)}
        />
      </p>
      {group.description && (
        <p className="jp-sg-doc-description" dir="auto">
          <MentionText
            text={group.description}
            known={props.known}
            trans={trans}
          />
        </p>
      )}
    </div>
  );
}

/** Star of the group: pressed while it has one. */
function Star(target: IGroupArgs): JSX.Element {
  const { commands, trans } = useServices();
  const args = { ...target };
  const starred = React.useSyncExternalStore(
    React.useCallback(
      changed => {
        commands.commandChanged.connect(changed);
        return () => commands.commandChanged.disconnect(changed);
      },
      [commands]
    ),
    () => commands.isToggled(CommandIDs.toggleStar, args)
  );
  return (
    <button
      type="button"
      className="jp-sg-doc-icon jp-sg-doc-star"
      aria-pressed={starred}
      aria-label={trans.__('Star')}
      title={starred ? trans.__('Remove star') : trans.__('Star')}
      onClick={() => void commands.execute(CommandIDs.toggleStar, args)}
    >
      <Glyph name={starred ? 'starred' : 'star'} />
    </button>
  );
}

/** Who has the ball, as the rows of the panel say it. */
function Ball({ waiting }: { waiting: IWaiting }): JSX.Element {
  const { trans } = useServices();
  // Ages in the words go on while nothing else changes.
  useNow();
  const { sentence, step, doubt, moment } = waitingText(waiting, trans);
  return (
    <span
      className="jp-sg-doc-ball"
      data-you={waitsForMe(waiting)}
      title={[step, doubt, moment].filter(Boolean).join('\n')}
    >
      {doubt && <Glyph name="question" />}
      {sentence}
      {doubt && <span className="jp-sg-doc-hidden">{doubt}</span>}
    </span>
  );
}

function Action(props: {
  onClick: () => void;
  primary?: boolean;
  title?: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <button
      type="button"
      className={`jp-mod-styled jp-sg-button${props.primary ? ' jp-mod-accept' : ''}`}
      title={props.title}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

function IconAction(props: {
  icon: LabIcon;
  label: string;
  onClick: (event: React.MouseEvent<HTMLElement>) => void;
  menu?: boolean;
  busy?: boolean;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-sg-doc-icon"
      aria-label={props.label}
      aria-haspopup={props.menu ? 'menu' : undefined}
      aria-busy={props.busy}
      title={props.label}
      onClick={props.onClick}
    >
      <props.icon.react tag="span" stylesheet="toolbarButton" />
    </button>
  );
}
