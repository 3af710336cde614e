/** Differences to the last approved version, as the approver reads them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IModelPackageDetails } from '../../tokens';
import { diffVersions } from '../compare';
import { Differences } from '../differences';

/** What changed against the last approved version. */
export function Comparison(props: {
  /** Decided on. */
  version: IModelPackageDetails;
  /** Last approved; null: none was found. */
  against: IModelPackageDetails | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { version, against, trans } = props;
  if (!against) {
    return (
      <p className="jp-sg-compare-none">
        {trans.__(
          'No approved version found to compare with: this would be the first.'
        )}
      </p>
    );
  }
  const differences = diffVersions(against, version);
  const title = trans.__(
    'Version %1 against %2, the last approved one',
    version.version,
    against.version
  );
  return (
    <details className="jp-sg-compare" open>
      <summary>{title}</summary>
      {differences.every(({ change }) => change === 'same') ? (
        <p>
          {trans.__(
            'Nothing differs in metrics, parameters, image, metadata and model card.'
          )}
        </p>
      ) : (
        <Differences
          differences={differences}
          before={against.version}
          now={version.version}
          label={title}
          trans={trans}
        />
      )}
    </details>
  );
}
