/** The configuration of a client of the local cloud, which takes any credentials. */
export function localConfig(endpoint: string) {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}
