/** Settings of the register plugin. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** An image that the admin offers. */
export interface IImageChoice {
  label: string;
  image: string;
  framework?: string;
  frameworkVersion?: string;
}

/** What an admin or user may set. */
export interface IRegisterSettings {
  images: IImageChoice[];
  /** Media types for a version whose group has none yet. */
  contentTypes: string;
  responseTypes: string;
  /** What a group whose use case is not approved does. */
  unapprovedGroups: 'warn' | 'block';
}

/** What holds without any setting. */
export const DEFAULTS: IRegisterSettings = {
  images: [],
  contentTypes: 'text/csv, application/json',
  responseTypes: 'text/csv, application/json',
  unapprovedGroups: 'warn'
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
  const { images, contentTypes, responseTypes, unapprovedGroups } = composite;
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
    unapprovedGroups: unapprovedGroups === 'block' ? 'block' : 'warn'
  };
}
