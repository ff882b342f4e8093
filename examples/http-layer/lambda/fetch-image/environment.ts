/** The function's environment: the stack writes these names, the handler alone reads them. */
export const ENVIRONMENT = {
  bucket: 'BUCKET',
  /** JSON: folders that nothing is fetched into. */
  thumbnailPrefixes: 'THUMBNAIL_PREFIXES',
  /**
   * JSON: addresses of host names, `{ "images.test": "127.0.0.1" }`, which are taken for public. For tests, whose servers
   * are on this machine; the stack never sets it, and a test sees to that.
   */
  hosts: 'HOSTS_OF_TESTS',
} as const;
