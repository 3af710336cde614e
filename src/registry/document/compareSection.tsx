import * as React from 'react';

import { Differences, diffVersions } from '../../approvals';
import { describeError } from '../../relay';
import type { IModelPackage, IModelPackageDetails } from '../../tokens';
import { ErrorNotice, Loading } from '../../ui';
import { useVersion } from '../queries';
import { useServices } from './context';
import { Section } from './parts';

/** What changed between a version and the last approved one. */
export function CompareSection(props: {
  details: IModelPackageDetails | null;
  base: IModelPackage;
}): JSX.Element {
  const { details, base } = props;
  const { registry, trans } = useServices();
  const before = useVersion(registry, base.connection, base.arn);
  const differences = React.useMemo(
    () => (details && before.data ? diffVersions(before.data, details) : null),
    [details, before.data]
  );
  const title = details
    ? trans.__(
        'v%1 against v%2, the last approved',
        details.version,
        base.version
      )
    : trans.__('Against v%1, the last approved', base.version);
  return (
    <Section title={title} className="jp-sg-doc-compare">
      {before.error ? (
        <ErrorNotice
          problem={describeError(before.error, trans)}
          trans={trans}
          onRetry={() => void before.refetch()}
          compact
        />
      ) : !details || !differences ? (
        <Loading trans={trans} rows={2} />
      ) : differences.every(({ change }) => change === 'same') ? (
        <p className="jp-sg-doc-quiet">
          {trans.__(
            'Nothing differs in metrics, parameters, image, metadata and model card.'
          )}
        </p>
      ) : (
        <Differences
          differences={differences}
          before={base.version}
          now={details.version}
          label={title}
          trans={trans}
        />
      )}
    </Section>
  );
}
