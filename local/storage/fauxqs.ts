import { createRequire } from 'node:module';
import { join } from 'node:path';

type BuildApp = typeof import('fauxqs', { with: { 'resolution-mode': 'import' }}).buildApp;
type Stores = NonNullable<NonNullable<Parameters<BuildApp>[0]>['stores']>;
export type S3Store = Stores['s3Store'];
export type SqsStore = Stores['sqsStore'];
export type SqsQueue = ReturnType<SqsStore['createQueue']>;
export type SqsMessage = SqsQueue['messages'][number];
/** An object as fauxqs keeps it in memory: its body stays empty, the bytes are on disk. */
export type S3Object = ReturnType<S3Store['getObject']>;
export type ObjectPersistence = NonNullable<S3Store['persistence']>;
export type QueuePersistence = NonNullable<SqsStore['persistence']>;

export interface S3Error extends Error {
  readonly code: string;
  readonly statusCode: number;
  toXml(): string;
}

/** The Fastify app that answers for all services. */
export type App = ReturnType<BuildApp>;
export type Reply = Parameters<Parameters<App['setErrorHandler']>[0]>[2];

interface Fauxqs {
  readonly buildApp: BuildApp;
  readonly S3Store: new () => S3Store;
  readonly SqsStore: (new () => SqsStore) & {
    createMessage(body: string, attributes?: object, delaySeconds?: number): SqsMessage;
  };
  readonly SnsStore: new () => Stores['snsStore'];
  /** What its S3 answers with in place of a result: a code of S3's, a sentence, an HTTP status. */
  readonly S3Error: new (
    code: string,
    message: string,
    statusCode: number,
  ) => S3Error;
  /** The checksum of an object in parts, from those of its parts in Base64. */
  readonly computeCompositeChecksum: (
    algorithm: NonNullable<S3Object['checksumAlgorithm']>,
    partChecksums: string[],
  ) => string;
}

const load = createRequire(__filename);
const DIST = join(__dirname, '../../node_modules/fauxqs/dist');
const FILES = [
  'app.js',
  'common/errors.js',
  's3/checksum.js',
  's3/s3Store.js',
  'sqs/sqsStore.js',
  'sns/snsStore.js',
];

/**
 * fauxqs together with the stores inside it, by file path because the package exports only its entry point
 * (`startFauxqs`), which listens on every network interface and hides its stores. `buildApp` with stores of our own
 * listens on loopback alone and lets us see each change of an object where it happens. Its version is pinned exactly.
 */
export const { buildApp, computeCompositeChecksum, S3Error, S3Store, SnsStore, SqsStore }: Fauxqs =
  Object.assign({}, ...FILES.map(file => load(join(DIST, file))));
