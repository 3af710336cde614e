/** The dialog that registers a model. */
import { useEffect, useRef, useState } from 'react';
import { describeError, newToken } from '../../relay';
import { Notice } from '../../ui';
import type { IFormOptions, IFormProps } from '../../ui/formDialog';
import type {
  IGovernanceStatus,
  IModelPackageGroup,
  IRegisterArgs
} from '../../tokens';
import { check } from '../check';
import {
  assertAllowed,
  type IRegisterContext,
  isRefused,
  readContext,
  readGroup,
  readRegisteredOrigin,
  withMLmodel
} from '../context';
import {
  detailsOf,
  fillFrom,
  type IOrigin,
  type IRegisterValue,
  suggestedName
} from '../model';
import type { IRegisterServices } from '../services';
import { type IRegistered, send } from '../send';
import { Details, Preview } from './details';
import { Source } from './source';
import { Target } from './target';
import '../../../style/register.css';

function bodyFor(services: IRegisterServices) {
  return function RegisterBody({
    context,
    value,
    set,
    errors,
    trans
  }: IFormProps<IRegisterContext, IRegisterValue>): JSX.Element {
    const { mlflow } = services;
    const [status, setStatus] = useState<IGovernanceStatus | null>(
      context.status
    );
    const [failure, setFailure] = useState<unknown>(context.missing);
    // Answers come late; each is used only if nothing else was chosen since.
    const origin = useRef<object | null>(null);
    const target = useRef<object | null>(null);

    const pick = (picked: IOrigin): void => {
      origin.current = picked;
      setFailure(null);
      const reads = mlflow !== null && picked.model !== null;
      set({ origin: picked, filled: fillFrom(picked), readingOrigin: reads });
      if (mlflow && reads) {
        void withMLmodel(mlflow, picked).then(full => {
          if (origin.current === picked) {
            set({ origin: full, filled: fillFrom(full), readingOrigin: false });
          }
        });
      }
    };

    const pickRegistered = (
      connection: string,
      name: string,
      version: string
    ): void => {
      if (!mlflow) {
        return;
      }
      const mark = (origin.current = {});
      setFailure(null);
      set({
        // Shown as chosen at once; the rest follows.
        origin: registeredStub(connection, name, version),
        filled: {},
        readingOrigin: true
      });
      readRegisteredOrigin(mlflow, connection, name, version).then(
        full => {
          if (origin.current === mark) {
            set({ origin: full, filled: fillFrom(full), readingOrigin: false });
          }
        },
        (error: unknown) => {
          if (origin.current === mark) {
            setFailure(error);
            set({ origin: null, readingOrigin: false });
          }
        }
      );
    };

    /** Read what a group gives to the form. */
    const follow = (group: IModelPackageGroup): void => {
      target.current = group;
      void readGroup(services, group).then(chosen => {
        if (target.current === group) {
          setStatus(chosen.status);
          set({
            useCase: chosen.useCase,
            inherited: chosen.inherited,
            blocked: isRefused(services, chosen.status),
            readingTarget: false
          });
        }
      });
    };

    const pickGroup = (group: IModelPackageGroup): void => {
      setStatus(null);
      set({
        target: {
          ...value.target,
          connection: group.connection,
          group,
          isNew: false
        },
        useCase: null,
        inherited: {},
        blocked: false,
        readingTarget: true
      });
      follow(group);
    };

    /** Ask the consoles again what the group's use case says. */
    const readAgain = (group: IModelPackageGroup): void => {
      const mark = (target.current = {});
      setStatus(null);
      set({ readingTarget: true });
      const refreshed = services.governance?.refresh() ?? Promise.resolve();
      void refreshed
        // What failed shows in what is then known of the group.
        .catch(() => undefined)
        .then(() => {
          if (target.current === mark) {
            follow(group);
          }
        });
    };

    // A draft may have been left while something was being read, and holds no
    // status of its group.
    const resume = useRef(() => {
      const registered = value.origin?.model?.registered;
      if (value.readingOrigin && value.origin) {
        if (registered && !value.origin.model?.artifactUri) {
          const { name, version } = registered;
          pickRegistered(value.origin.connection, name, version);
        } else {
          pick(value.origin);
        }
      }
      const { group } = value.target;
      if (
        group &&
        (value.readingTarget || group !== context.start.target.group)
      ) {
        pickGroup(group);
      }
    });
    useEffect(() => {
      resume.current();
      return () => {
        origin.current = null;
        target.current = null;
      };
    }, []);

    return (
      <>
        {failure ? (
          <Notice kind="warning">
            {describeError(failure, trans).message}
          </Notice>
        ) : null}
        <Source
          value={value}
          mlflow={mlflow}
          connections={context.mlflows}
          errors={errors}
          setTab={tab => set({ tab })}
          pick={pick}
          pickRegistered={pickRegistered}
          artifact={detailsOf(value).artifact}
          setArtifact={artifact => set({ typed: { ...value.typed, artifact } })}
          trans={trans}
        />
        <Target
          services={services}
          registries={context.registries}
          value={value}
          status={status}
          suggestion={suggestedName(value.origin)}
          errors={errors}
          pick={pickGroup}
          readAgain={readAgain}
          setTarget={target => set({ target })}
          trans={trans}
        />
        <Details
          value={value}
          images={services.settings().images}
          errors={errors}
          type={patch => set({ typed: { ...value.typed, ...patch } })}
          trans={trans}
        />
        <Preview value={value} trans={trans} />
      </>
    );
  };
}

/** A registered version before its facts are read. */
function registeredStub(
  connection: string,
  name: string,
  version: string
): IOrigin {
  return {
    connection,
    run: null,
    model: {
      modelId: null,
      name,
      artifactUri: '',
      runId: null,
      registered: { name, version }
    },
    mlmodel: null
  };
}

/** The form; the arguments fill in what they name. */
export function registerForm(
  services: IRegisterServices,
  args: IRegisterArgs
): IFormOptions<IRegisterContext, IRegisterValue, IRegistered> {
  const { trans } = services;
  const made = new Map<string, string>();
  return {
    title: trans.__('Register a model'),
    subject: `register:${JSON.stringify(args)}`,
    trans,
    load: signal => readContext(services, args, signal),
    initial: ({ start }) => {
      const { contentTypes, responseTypes } = services.settings();
      return {
        clientToken: newToken(),
        ...start,
        readingOrigin: false,
        readingTarget: false,
        defaults: { contentTypes, responseTypes }
      };
    },
    check: value =>
      check(value, trans, services.settings().whenNotApproved === 'block'),
    submit: async (value, _, tools) => {
      const { group, isNew } = value.target;
      if (group && !isNew) {
        await assertAllowed(services, group, tools.signal);
      }
      return send(services, value, made, tools);
    },
    Body: bodyFor(services),
    acceptLabel: () => trans.__('Register')
  };
}
