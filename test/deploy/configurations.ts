const KEY = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';

/** Settings that the stack is synthesized with in checks of its template, and deployed with in the deploy test. */
export const CONFIGURATIONS: Readonly<Record<string, object>> = {
  default: {},
  x86_64: { architecture: 'x86_64' },
  'several variants': { variants: [{}, { prefix: 'web/', width: 640, height: 640, format: 'webp' }] },
  'own settings': {
    // The default one first, as the end-to-end checks expect it.
    variants: [
      {},
      { prefix: 'web/', width: 1600, height: 1600, format: 'webp', effort: 2, cacheControl: 'max-age=86400' },
      { prefix: 'c/', suffix: '.thumb', width: 96, height: 96, fit: 'cover', format: 'avif', effort: 2 },
      { prefix: 'png/', fit: 'contain', format: 'png', background: '#336699' },
      { prefix: 'album/', from: ['albums/'], width: 400, height: 400, format: 'webp', animated: true },
    ],
    extensions: ['jpg', 'jpeg', 'png', 'gif', 'heic'],
    gamut: 'p3',
    keepCopyright: true,
    limits: { sourceMiB: 64, megapixels: 100, frames: 50, seconds: 20 },
    memoryMiB: 3008,
    timeoutSeconds: 90,
    batchSize: 5,
    maxConcurrency: 20,
    removalPolicy: 'destroy',
  },
  'told to EventBridge': { eventBridge: true, watch: 'all' },
  'existing bucket': {
    bucketName: 'fotos',
    variants: [{ except: ['private/'] }, { prefix: 'small/', width: 64 }],
  },
  'existing bucket with a key': {
    bucketName: 'fotos',
    bucketKeyArn: KEY,
  },
  'repaired every night': { repair: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Madrid' } },
  'existing bucket with a key, repaired twice a day': {
    bucketName: 'fotos',
    bucketKeyArn: KEY,
    variants: [{}, { prefix: 'small/', width: 64 }],
    repair: { schedule: 'rate(12 hours)', maxSources: 1000 },
  },
  'own key': { encryptionKey: 'create', eventBridge: true, removalPolicy: 'destroy' },
  'key that exists': { encryptionKey: KEY },
  'existing bucket, own key': { bucketName: 'fotos', bucketKeyArn: KEY, encryptionKey: 'create' },
  'own key, repaired': { encryptionKey: 'create', repair: { schedule: 'rate(1 day)' } },
  'alarms by e-mail, with a brake': { alarms: { email: 'ops@example.com', dollarsAnHour: 2, brake: true } },
  'alarms to a topic of somebody else': {
    bucketName: 'fotos',
    alarms: { topicArn: 'arn:aws:sns:us-east-1:000000000000:alarms', brake: true },
  },
  'nobody watches': { alarms: false, dashboard: false },
  'sharp alone': { otherFormats: false, memoryMiB: 512 },
};
