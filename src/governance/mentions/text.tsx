import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IUseCase } from '../../tokens';
import type { KnownUseCases } from './find';
import { linkTitle, mentionText } from './words';
import '../../../style/mentions.css';

export interface IUseCaseLinkProps {
  useCase: IUseCase;
  trans: TranslationBundle;
  /** What is shown of it. */
  children: React.ReactNode;
}

/** A link to a use case in its console; plain where there is no address. */
export function UseCaseLink(props: IUseCaseLinkProps): JSX.Element {
  const { useCase, trans, children } = props;
  return useCase.url ? (
    <a
      className="jp-sg-mention"
      href={useCase.url}
      target="_blank"
      rel="noopener noreferrer"
      title={linkTitle(useCase, trans)}
    >
      {children}
    </a>
  ) : (
    <span className="jp-sg-mention" title={mentionText(useCase, trans)}>
      {children}
    </span>
  );
}

export interface IMentionTextProps {
  text: string;
  known: KnownUseCases;
  trans: TranslationBundle;
}

/** A text in which the use cases that it names are links. */
export function MentionText(props: IMentionTextProps): JSX.Element {
  const { text, known, trans } = props;
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const { from, to, useCase } of known.findNamed(text)) {
    parts.push(
      text.slice(at, from),
      <UseCaseLink key={from} useCase={useCase} trans={trans}>
        {text.slice(from, to)}
      </UseCaseLink>
    );
    at = to;
  }
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  );
}
