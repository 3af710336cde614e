/** The governance console as its own people use it, past the lab. */
import type { Sandbox } from './sandbox';

/** A user who reads and writes everything; see `sandbox/openpages/users.py`. */
const OFFICER = 'risk.officer:sandbox-password-risk.officer';
const STATUS = 'MRG-AIFacts-ModelUseCase:Status';

type Value = string | { name: string } | null;

async function call<Answer>(
  sandbox: Sandbox,
  method: string,
  path: string,
  body: object
): Promise<Answer> {
  const answer = await fetch(`${sandbox.parts.openpages}/api/v2/${path}`, {
    method,
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Basic ${btoa(OFFICER)}`
    },
    body: JSON.stringify(body)
  });
  if (!answer.ok) {
    throw new Error(`${method} ${path}: ${await answer.text()}`);
  }
  return (await answer.json()) as Answer;
}

/** Give the use case of a group another status, as its workflow does. */
export async function moveUseCase(
  sandbox: Sandbox,
  group: string,
  status: string
): Promise<void> {
  const { rows } = await call<{ rows: { fields: { value: Value }[] }[] }>(
    sandbox,
    'POST',
    'query',
    {
      statement:
        'SELECT [Register].[Resource ID], [AWSModelGroup].[Name] FROM [Register] JOIN [AWSModelGroup] ON PARENT([Register])',
      offset: 0,
      limit: 500
    }
  );
  const found = rows.find(({ fields }) => fields[1].value === group);
  if (!found) {
    throw new Error(`No use case is linked to ${group}.`);
  }
  await call(sandbox, 'PUT', `contents/${String(found.fields[0].value)}`, {
    fields: [{ name: STATUS, value: { name: status } }]
  });
}
