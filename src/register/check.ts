/** What keeps a registration from being sent, each with its limit. Pure. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatCount } from '../ui';
import { build, listOf } from './build';
import {
  CARD_MAX,
  CONTENT_TYPE_MAX,
  DESCRIPTION_MAX,
  FRAMEWORK_VERSION,
  GROUP_NAME,
  GROUP_NAME_MAX,
  IMAGE_MAX,
  INTENDED_USES_MAX,
  MEDIA_TYPE,
  PROVENANCE_MAX,
  S3_MAX,
  S3_URI
} from './limits';
import { detailsOf, type IRegisterValue } from './model';

/** Field name -> what is wrong with it. */
export type RegisterErrors = Record<string, string>;

/**
 * Check everything that is filled in.
 *
 * @param refuseNew settings refuse new groups.
 */
export function check(
  value: IRegisterValue,
  trans: TranslationBundle,
  refuseNew = false
): RegisterErrors {
  const errors: RegisterErrors = {};
  const details = detailsOf(value);
  const tooLong = (field: string, text: string, max: number, name: string) => {
    if (text.length > max) {
      errors[field] = trans.__(
        '%1 has %2 characters; SageMaker takes at most %3.',
        name,
        formatCount(text.length),
        formatCount(max)
      );
    }
  };

  if (value.tab !== 's3' && value.readingOrigin) {
    errors.reading = trans.__('Reading the model…');
  } else if (!value.target.isNew && value.readingTarget) {
    errors.reading = trans.__('Reading the group…');
  }
  if (value.tab === 's3' ? !details.artifact : !value.origin) {
    errors[value.tab === 's3' ? 'artifact' : 'origin'] =
      value.tab === 's3'
        ? trans.__('Give the S3 address of the model.')
        : value.tab === 'run'
          ? trans.__('Choose a run.')
          : trans.__('Choose a registered version.');
  }

  const { target } = value;
  const refused = trans.__(
    'Settings allow only groups whose use case is approved.'
  );
  if (target.isNew && refuseNew) {
    errors.target = refused;
  } else if (target.isNew) {
    if (!target.newName) {
      errors.newName = trans.__('Give the new group a name.');
    } else if (!GROUP_NAME.test(target.newName)) {
      errors.newName = trans.__(
        'A group name has at most %1 letters, digits and hyphens, and begins and ends with a letter or digit.',
        GROUP_NAME_MAX
      );
    }
  } else if (!target.group) {
    errors.target = trans.__('Choose a model package group.');
  } else if (value.blocked) {
    errors.target = refused;
  }

  tooLong(
    'description',
    details.description,
    DESCRIPTION_MAX,
    trans.__('The description')
  );
  tooLong(
    'intendedUses',
    details.intendedUses,
    INTENDED_USES_MAX,
    trans.__('The intended use')
  );
  tooLong('commit', details.commit, PROVENANCE_MAX, trans.__('The commit'));
  tooLong(
    'repository',
    details.repository,
    PROVENANCE_MAX,
    trans.__('The repository')
  );

  if (details.artifact) {
    if (!S3_URI.test(details.artifact)) {
      errors.artifact = trans.__(
        'An S3 address looks like s3://bucket/folder/model.tar.gz or s3://bucket/folder/.'
      );
    } else {
      // A slash may be added at the end.
      tooLong(
        'artifact',
        `${details.artifact}/`,
        S3_MAX,
        trans.__('The S3 address')
      );
    }
  }
  if (/\s/.test(details.image)) {
    errors.image = trans.__('An image address has no spaces.');
  } else {
    tooLong('image', details.image, IMAGE_MAX, trans.__('The image address'));
  }
  if (
    details.frameworkVersion &&
    !FRAMEWORK_VERSION.test(details.frameworkVersion)
  ) {
    errors.frameworkVersion = trans.__(
      'SageMaker takes 3 to 10 characters with one digit before the dot, e.g. 1.4-2.'
    );
  }
  for (const field of ['contentTypes', 'responseTypes'] as const) {
    const bad = listOf(details[field]).find(
      type => !MEDIA_TYPE.test(type) || type.length > CONTENT_TYPE_MAX
    );
    if (bad) {
      errors[field] = trans.__(
        '“%1” is no media type such as text/csv, at most %2 characters.',
        bad,
        CONTENT_TYPE_MAX
      );
    }
  }

  const content = (
    build(value, '').input.ModelCard as { ModelCardContent: string } | undefined
  )?.ModelCardContent;
  if (content && content.length > CARD_MAX) {
    errors[''] = trans.__(
      'The model card has %1 characters; SageMaker takes at most %2.',
      formatCount(content.length),
      formatCount(CARD_MAX)
    );
  }
  return errors;
}
