import { ENVIRONMENT } from '../../thumbnail/model/settings';

/** The repair function's environment: the construct writes these names, the handler alone reads them. */
export const REPAIR_ENVIRONMENT = {
  settings: ENVIRONMENT.settings,
  bucket: ENVIRONMENT.bucket,
  deadLetterQueueUrl: ENVIRONMENT.deadLetterQueueUrl,
  /** Where sources are sent to. */
  queueUrl: 'QUEUE_URL',
  /** Name of the parameter whose versions are the recipes so far. */
  recipeParameter: 'RECIPE_PARAMETER',
  /** How long a slice goes on with the listings. */
  sliceSeconds: 'SLICE_SECONDS',
  /** Sources that one run sends, at most. */
  maxSources: 'MAX_SOURCES',
} as const;
