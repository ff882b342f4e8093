/** The function's environment: the stack writes these names, the handler alone reads them. */
export const ENVIRONMENT = {
  /** What to ask for. */
  url: 'URL_OF_JSON',
} as const;
