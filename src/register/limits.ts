/**
 * Limits of `CreateModelPackage` and `CreateModelPackageGroup`.
 *
 * Source: SageMaker's service model (botocore 1.43). Lengths are counted in
 * UTF-16 units, which is never less than SageMaker counts.
 */

/** Longest description of a version or group. */
export const DESCRIPTION_MAX = 1024;

/** Most pairs of `CustomerMetadataProperties`. */
export const METADATA_PAIRS = 50;

/** Longest key of a metadata pair. */
export const METADATA_KEY_MAX = 128;

/** Longest value of a metadata pair. */
export const METADATA_VALUE_MAX = 256;

/** Longest image address; it holds no white space. */
export const IMAGE_MAX = 255;

/** Longest S3 address. */
export const S3_MAX = 1024;

/** Longest member of `MetadataProperties`, one line. */
export const PROVENANCE_MAX = 1024;

/** Longest text in the model card's intended uses. */
export const INTENDED_USES_MAX = 2048;

/** Longest model card, as JSON text. */
export const CARD_MAX = 100_000;

/** Longest content type, and longest response type. */
export const CONTENT_TYPE_MAX = 256;

/** Longest name of a group. */
export const GROUP_NAME_MAX = 63;

/** Name of a group. */
export const GROUP_NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/** Version of a framework: one digit, a dot, 3 to 10 characters in all. */
export const FRAMEWORK_VERSION = /^(?=.{3,10}$)[0-9]\.[A-Za-z0-9.-]+$/;

/** Address of an object or folder in S3, bucket and key. */
export const S3_URI = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/\S.*$/;

/** Media type such as `text/csv`. */
export const MEDIA_TYPE = /^[-\w.+]+\/[-\w.+*;= ]+$/;
