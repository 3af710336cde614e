/** The prefilled facts of the version, to check and change. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Field } from '../../ui';
import { build } from '../build';
import { DESCRIPTION_MAX, INTENDED_USES_MAX } from '../limits';
import {
  detailsOf,
  type IDetails,
  type IRegisterValue,
  originOf,
  useCaseOf
} from '../model';
import type { IAdjustment } from '../sanitise';
import type { IImageChoice } from '../settings';

export interface IDetailsProps {
  value: IRegisterValue;
  images: readonly IImageChoice[];
  errors: Readonly<Record<string, string>>;
  /** Fields changed by hand. */
  type: (patch: Partial<IDetails>) => void;
  trans: TranslationBundle;
}

/** Description, intended use, image and what goes with them. */
export function Details(props: IDetailsProps): JSX.Element {
  const { value, images, errors, type, trans } = props;
  const details = detailsOf(value);
  const text = (field: keyof IDetails, label: string, hint?: string) => (
    <Field label={label} hint={hint} error={errors[field]}>
      <input
        type="text"
        className="jp-mod-styled jp-sg-input"
        spellCheck={false}
        value={details[field]}
        onChange={event => type({ [field]: event.target.value })}
      />
    </Field>
  );
  return (
    <section className="jp-sg-register-part">
      <h3>{trans.__('Version')}</h3>
      <Field
        label={trans.__('Description')}
        error={errors.description}
        counter={{ n: details.description.length, max: DESCRIPTION_MAX }}
      >
        <textarea
          className="jp-mod-styled jp-sg-input"
          rows={2}
          dir="auto"
          value={details.description}
          onChange={event =>
            type({ description: event.target.value.replace(/[\r\n]/g, ' ') })
          }
        />
      </Field>
      <Field
        label={trans.__('Intended use (model card)')}
        error={errors.intendedUses}
        counter={{ n: details.intendedUses.length, max: INTENDED_USES_MAX }}
      >
        <textarea
          className="jp-mod-styled jp-sg-input"
          rows={2}
          dir="auto"
          value={details.intendedUses}
          onChange={event => type({ intendedUses: event.target.value })}
        />
      </Field>
      {images.length > 0 ? (
        <Field label={trans.__('Image for inference')}>
          <select
            value={images.findIndex(({ image }) => image === details.image)}
            onChange={event => {
              const choice = images[Number(event.target.value)];
              if (choice) {
                const { image, framework, frameworkVersion } = choice;
                type({
                  image,
                  ...(framework ? { framework } : {}),
                  ...(frameworkVersion ? { frameworkVersion } : {})
                });
              }
            }}
          >
            <option value={-1}>{trans.__('Another, as below')}</option>
            {images.map(({ label, image }, i) => (
              <option key={image} value={i}>
                {label}
              </option>
            ))}
          </select>
        </Field>
      ) : null}
      {text(
        'image',
        trans.__('Image address'),
        imageHint(value, details, trans)
      )}
      <details className="jp-sg-register-more">
        <summary>{trans.__('More')}</summary>
        {text('framework', trans.__('Framework'))}
        {text('frameworkVersion', trans.__('Framework version'))}
        {text('contentTypes', trans.__('Content types it takes'))}
        {text('responseTypes', trans.__('Content types it answers'))}
        <Field label={trans.__('Risk rating (model card)')}>
          <select
            value={details.riskRating}
            onChange={event => type({ riskRating: riskOf(event.target.value) })}
          >
            <option value="">{trans.__('Not said')}</option>
            <option value="High">{trans.__('High')}</option>
            <option value="Medium">{trans.__('Medium')}</option>
            <option value="Low">{trans.__('Low')}</option>
            <option value="Unknown">{trans.__('Unknown')}</option>
          </select>
        </Field>
        {text('commit', trans.__('Git commit'))}
        {text('repository', trans.__('Git repository'))}
      </details>
    </section>
  );
}

/** What to mind about the image. */
function imageHint(
  value: IRegisterValue,
  details: IDetails,
  trans: TranslationBundle
): string | undefined {
  const { framework, frameworkVersion } = originOf(value)?.mlmodel ?? {};
  if (!details.image) {
    return trans.__('Without an image the version cannot be deployed.');
  }
  return framework && frameworkVersion
    ? trans.__(
        'The model was trained with %1 %2; check that the image can load it.',
        framework,
        frameworkVersion
      )
    : undefined;
}

function riskOf(value: string): IDetails['riskRating'] {
  return value === 'High' ||
    value === 'Medium' ||
    value === 'Low' ||
    value === 'Unknown'
    ? value
    : '';
}

function why({ why: reason }: IAdjustment, trans: TranslationBundle): string {
  switch (reason) {
    case 'characters':
      return trans.__('characters that SageMaker does not take');
    case 'length':
      return trans.__('longer than 256 characters');
    case 'empty':
      return trans.__('empty');
    case 'duplicate':
      return trans.__('same name as another');
    case 'too-many':
      return trans.__('more than 50 pairs');
  }
}

/** What will be written, and what was changed to fit. */
export function Preview(props: {
  value: IRegisterValue;
  trans: TranslationBundle;
}): JSX.Element {
  const { value, trans } = props;
  const { target } = value;
  const { input, adjustments, lostMetrics } = build(
    value,
    target.isNew ? target.newName : (target.group?.arn ?? '')
  );
  const changed = adjustments.length + lostMetrics.length;
  const metadata = Object.keys(input.CustomerMetadataProperties ?? {});
  const origin = originOf(value);
  const useCase = useCaseOf(value);
  const metrics = Object.keys(origin?.run?.metrics ?? {}).length;
  return (
    <>
      <p className="jp-sg-register-sum">
        {trans._n('%1 metric', '%1 metrics', metrics - lostMetrics.length)}
        {' · '}
        {trans._n(
          '%1 hyper-parameter',
          '%1 hyper-parameters',
          metadata.filter(key => key.startsWith('param.')).length
        )}
        {origin?.mlmodel?.signature ? ` · ${trans.__('signature')}` : null}
        {useCase
          ? ` · ${trans.__('use case %1', useCase.key ?? useCase.name)}`
          : null}
      </p>
      {changed > 0 ? (
        <details className="jp-sg-written">
          <summary>
            {trans._n(
              '%1 value is changed or left out to fit SageMaker',
              '%1 values are changed or left out to fit SageMaker',
              changed
            )}
          </summary>
          <ul>
            {adjustments.map((adjustment, i) => (
              <li key={i}>
                <bdi>{adjustment.key}</bdi>
                {': '}
                <del>
                  <bdi>{adjustment.from}</bdi>
                </del>{' '}
                {adjustment.to === null ? (
                  trans.__('left out')
                ) : (
                  <ins>
                    <bdi>{adjustment.to}</bdi>
                  </ins>
                )}
                {` (${why(adjustment, trans)})`}
              </li>
            ))}
            {lostMetrics.map(name => (
              <li key={`m-${name}`}>
                {trans.__(
                  'metric %1 is left out (no number, or no room)',
                  name
                )}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <details className="jp-sg-written">
        <summary>{trans.__('What will be written')}</summary>
        <textarea
          readOnly
          rows={12}
          spellCheck={false}
          aria-label={trans.__('What will be written')}
          value={`CreateModelPackage\n${JSON.stringify(readable(input), null, 2)}`}
        />
      </details>
    </>
  );
}

/** The request with the card as an object, not as text within text. */
function readable(input: Record<string, unknown>): Record<string, unknown> {
  const card = input.ModelCard as { ModelCardContent: string } | undefined;
  return card
    ? {
        ...input,
        ModelCard: {
          ...card,
          ModelCardContent: JSON.parse(card.ModelCardContent)
        }
      }
    : input;
}
