/** Settings of the register plugin. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { StatusBucket } from '../tokens';

/** An image that the admin offers. */
export interface IImageChoice {
  label: string;
  image: string;
  framework?: string;
  frameworkVersion?: string;
}

/** Meanings of a status that may be set to count as approved. */
const COUNTABLE: readonly StatusBucket[] = [
  'approved',
  'progress',
  'pending',
  'draft'
];

/** What a use case that is not known to be approved does. */
const POLICIES = ['warn', 'block', 'allow'] as const;

/** What an admin or user may set. */
export interface IRegisterSettings {
  images: IImageChoice[];
  /** Media types for a version whose group has none yet. */
  contentTypes: string;
  responseTypes: string;
  /** What a group whose use case is not known to be approved does. */
  whenNotApproved: (typeof POLICIES)[number];
  /** Meanings of a status that count as approved. */
  approvedBuckets: readonly StatusBucket[];
  /** Status words that count too, whatever the vocabulary makes of them. */
  approvedStatuses: readonly string[];
}

/** What holds without any setting. */
export const DEFAULTS: IRegisterSettings = {
  images: [],
  contentTypes: 'text/csv, application/json',
  responseTypes: 'text/csv, application/json',
  whenNotApproved: 'warn',
  approvedBuckets: ['approved'],
  approvedStatuses: []
};

function isImage(value: unknown): value is IImageChoice {
  const choice = value as Partial<IImageChoice> | null;
  return (
    typeof choice === 'object' &&
    choice !== null &&
    typeof choice.label === 'string' &&
    typeof choice.image === 'string'
  );
}

/** Read the composite values of the setting registry. */
export function parseSettings(
  composite: Partial<ISettingRegistry.ISettings['composite']>
): IRegisterSettings {
  const { images, contentTypes, responseTypes } = composite;
  const list = (key: string): unknown[] | null => {
    const value = composite[key];
    return Array.isArray(value) ? (value as unknown[]) : null;
  };
  return {
    images: Array.isArray(images)
      ? (images as unknown[]).filter(isImage)
      : DEFAULTS.images,
    contentTypes:
      typeof contentTypes === 'string' ? contentTypes : DEFAULTS.contentTypes,
    responseTypes:
      typeof responseTypes === 'string'
        ? responseTypes
        : DEFAULTS.responseTypes,
    whenNotApproved:
      POLICIES.find(policy => policy === composite['whenNotApproved']) ??
      DEFAULTS.whenNotApproved,
    approvedBuckets:
      list('approvedBuckets')?.filter((bucket): bucket is StatusBucket =>
        COUNTABLE.includes(bucket as StatusBucket)
      ) ?? DEFAULTS.approvedBuckets,
    approvedStatuses:
      list('approvedStatuses')?.filter(
        (word): word is string => typeof word === 'string' && word.trim() !== ''
      ) ?? DEFAULTS.approvedStatuses
  };
}
