import type { IGroupArgs, IModelPackageGroup } from '../tokens';
import { groupNameOf, parseArn } from './arn';

/**
 * What its ARN alone tells of a group, for who may not read more; its tags count
 * as not readable.
 */
export function groupOfArn(args: IGroupArgs): IModelPackageGroup {
  const { region, account } = parseArn(args.group) ?? {
    region: '',
    account: ''
  };
  return {
    arn: args.group,
    name: groupNameOf(args.group),
    description: '',
    connection: args.connection,
    account,
    region,
    shared: false,
    createdAt: null,
    createdBy: null,
    status: '',
    tags: null
  };
}
