import type { IModelPackage, ISourceAnswer } from '../../tokens';
import { titleWithoutKey, useCaseKey } from '../link';

/**
 * What the model card of the latest version says: `custom_details` of
 * `additional_information`, the convention of AWS's guidance for model
 * governance over several accounts.
 *
 * @param latest - undefined: not read yet; null: the group has no version.
 */
export function askCard(
  latest: IModelPackage | null | undefined
): ISourceAnswer {
  const answer: ISourceAnswer = {
    source: 'card',
    connection: null,
    state: 'none',
    useCase: null,
    matchedBy: null,
    readAt: null
  };
  if (latest === undefined) {
    return { ...answer, state: 'not-asked' };
  }
  const id = latest?.card?.useCaseId?.trim();
  if (!latest?.card || !id) {
    return answer;
  }
  const { useCaseName, useCaseStage } = latest.card;
  const key = useCaseKey(id);
  return {
    ...answer,
    state: 'found',
    matchedBy: 'id',
    useCase: {
      id,
      // The id alone is the name then; it need not be said twice.
      key: useCaseName?.trim() ? key : null,
      name: titleWithoutKey(useCaseName?.trim() || id, key),
      status: useCaseStage?.trim() || null,
      riskLevel: null,
      owner: null,
      entity: null,
      entities: [],
      modifiedAt: null,
      workflow: null,
      url: null
    }
  };
}
