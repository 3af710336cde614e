import type { IModelPackageGroup, ISourceAnswer } from '../../tokens';

/**
 * What the group's tag says. Tags of shared groups are not readable
 * (`tags === null`): nobody asked, and that is not a failure.
 *
 * @param key - key of the tag, a setting.
 */
export function askTag(group: IModelPackageGroup, key: string): ISourceAnswer {
  const answer: ISourceAnswer = {
    source: 'tag',
    connection: null,
    state: 'none',
    useCase: null,
    matchedBy: null,
    readAt: null
  };
  if (!group.tags) {
    return { ...answer, state: 'not-asked' };
  }
  const id = Object.prototype.hasOwnProperty.call(group.tags, key)
    ? group.tags[key].trim()
    : '';
  if (!id) {
    return answer;
  }
  return {
    ...answer,
    state: 'found',
    matchedBy: 'id',
    useCase: {
      id,
      key: null,
      name: id,
      status: null,
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
