/** The Spanish file as JupyterLab's own translator reads it. */
import { TranslationManager } from '@jupyterlab/translation';
import type {
  ITranslatorConnector,
  TranslationBundle
} from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ApprovalBadge, ErrorNotice } from '../index';

const DOMAIN = 'sagemaker_governance';
const file = join(
  __dirname,
  '../../../jupyter_ext',
  DOMAIN,
  'locale/es_ES/LC_MESSAGES',
  `${DOMAIN}.json`
);

/** The bundle that a lab in that language gives to plugins. */
async function bundle(locale: string): Promise<TranslationBundle> {
  const manager = new TranslationManager('', '', undefined, {
    // Shape of the server's answer to `api/translations/<locale>`.
    fetch: (() =>
      Promise.resolve({
        data: { [DOMAIN]: JSON.parse(readFileSync(file, 'utf8')) as unknown },
        message: ''
      })) as unknown as ITranslatorConnector['fetch'],
    list: () => Promise.reject(new Error('not asked')),
    save: () => Promise.reject(new Error('not asked')),
    remove: () => Promise.reject(new Error('not asked'))
  });
  await manager.fetch(locale);
  return manager.load(DOMAIN);
}

describe('Spanish', () => {
  let trans: TranslationBundle;

  beforeAll(async () => {
    trans = await bundle('es_ES');
  });

  it('translates, with the values put in', () => {
    expect(trans.__('Model governance')).toBe('Gobernanza de modelos');
    expect(trans.__('Request approval for %1 v%2', 'credit', 3)).toBe(
      'Solicitar la aprobación de credit v3'
    );
  });

  it.each([
    [0, '0 versiones'],
    [1, '1 versión'],
    [2, '2 versiones'],
    [21, '21 versiones']
  ])('has the plural for %d', (n, text) => {
    expect(trans._n('%1 version', '%1 versions', n)).toBe(text);
  });

  it('tells the contexts of settings and of their titles', () => {
    expect(trans._p('schema', 'Model Governance: Panel')).toBe(
      'Gobernanza de modelos: Panel'
    );
    expect(trans._p('settings', 'Order of the groups')).toBe(
      'Orden de los grupos'
    );
  });

  it('leaves what it does not know in English', () => {
    expect(trans.__('No such text')).toBe('No such text');
  });

  it('puts values into sentences whose order differs', () => {
    expect(
      trans.__(
        'A policy forbids %1 to %2.',
        'sagemaker:UpdateModelPackage',
        trans.__('the role of this space')
      )
    ).toBe(
      'Una política impide que el rol de este espacio use sagemaker:UpdateModelPackage.'
    );
  });

  it('reaches components', () => {
    render(
      <>
        <ApprovalBadge approval="PendingManualApproval" trans={trans} />
        <ErrorNotice
          problem={{
            title: 'x',
            message: 'y',
            action: 'reload',
            details: '',
            retryable: false
          }}
          trans={trans}
        />
      </>
    );
    expect(screen.getByText('Pendiente')).toBeVisible();
    expect(
      screen.getByRole('button', { name: 'Recargar la página' })
    ).toBeVisible();
  });

  it('is not used in an English lab', async () => {
    expect((await bundle('en')).__('Model governance')).toBe(
      'Model governance'
    );
  });
});
