/** Green is only what OpenPages says now: what it says, and what the panel shows. */
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { list, search } from './product';
import type { Sandbox } from './sandbox';

/** OpenPages has no link for it, but knows the use case of its tag. */
const BY_TAG = 'mortgage-prescreening-jp';

/** Words of the seeded use cases that mean approved. */
const GREEN_WORDS = ['Approved', 'Approved for Development', 'Operational'];

/** Groups whose use case is approved, as OpenPages tells without us. */
export async function approvedOf(sandbox: Sandbox): Promise<string[]> {
  const answer = await fetch(`${sandbox.parts.openpages}/api/v2/query`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Basic ${btoa('svc-sagemaker-governance:sandbox-password')}`
    },
    body: JSON.stringify({
      statement:
        'SELECT [Register].[MRG-AIFacts-ModelUseCase:Status], [AWSModelGroup].[Name] FROM [Register] JOIN [AWSModelGroup] ON PARENT([Register])',
      offset: 0,
      limit: 500
    })
  });
  const { rows } = (await answer.json()) as {
    rows: { fields: { value?: string | { name: string } }[] }[];
  };
  const text = (value?: string | { name: string }): string =>
    typeof value === 'object' ? value.name : (value ?? '');
  return rows
    .filter(({ fields }) => GREEN_WORDS.includes(text(fields[0].value)))
    .map(({ fields }) => text(fields[1].value))
    .concat(BY_TAG)
    .sort();
}

/**
 * Exactly these rows are green, of all there are.
 *
 * The page must be high enough that every row is drawn.
 */
export async function expectGreen(
  page: Page,
  names: readonly string[]
): Promise<void> {
  await search(page, '');
  const look = (): Promise<{ unseen: number; green: string[] }> =>
    list(page)
      .getByRole('option')
      .evaluateAll(rows => ({
        unseen: Number(rows[0]?.getAttribute('aria-setsize')) - rows.length,
        green: rows
          .filter(node =>
            node.querySelector(
              '.jp-sg-badge[data-status="approved"]:not(.jp-sg-mod-stale)'
            )
          )
          .map(node => (node.getAttribute('aria-label') ?? '').split(',')[0])
          .sort()
      }));
  await expect.poll(look).toEqual({ unseen: 0, green: names });
}
