import type { Counters } from './counters';
import { startBucket, startExistingBucket } from './events/bucket';
import { startEventSource } from './events/event-source';
import { startRule } from './events/rule';
import { functionSpec } from './function/function';
import type { Ending } from './function/process';
import { type CloudOptions, type Services, startServices } from './services';
import type { ObjectChange } from './storage/objects';
import { createQueue, visibleCount } from './storage/queues';
import { uncovered } from './template/coverage';
import type { Resource } from './template/stack';

/** Running templates. */
export interface LocalCloud {
  /** `http://127.0.0.1:<port>`, for S3, SQS and Lambda's Invoke; any credentials do. */
  readonly endpoint: string;
  readonly region: string;
  /** The templates' outputs by name; the first template's, where two have one of a name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The templates' resources, resolved. */
  readonly resources: readonly Resource[];
  readonly counters: Readonly<Counters>;
  /**
   * The keys of a bucket's objects.
   *
   * @throws Error when there is no such bucket
   */
  keysIn(bucket: string): readonly string[];
  /** Messages that failed and wait for their visibility timeout, when they are redelivered. */
  waitingMessages(): number;
  /** Calls the listener at each change of an object, before the request that made it is answered. */
  onChange(listener: (change: ObjectChange) => void): void;
  /** Ids of the functions' processes that are alive. */
  functionProcesses(): readonly number[];
  /**
   * Runs a function of the templates, by name or ARN.
   *
   * @throws Error when there is none
   */
  invoke(functionName: string, event: unknown): Promise<Ending>;
  /** Resolves when no queue that feeds a function has a message left, redeliveries included, or at a stop. */
  drain(): Promise<void>;
  /**
   * Ends everything. With `drain` (the default) what is visible in the queues is worked on first, for `timeoutMs`
   * (30,000) at most; what waits for a redelivery is kept on disk either way.
   */
  stop(options?: { readonly drain?: boolean; readonly timeoutMs?: number }): Promise<void>;
}

/** How the resources of each type start. Later ones need earlier ones: a bucket writes to its queues at once. */
const STARTS: readonly (readonly [
  type: string,
  start: (resource: Resource, services: Services) => unknown,
])[] = [
  ['AWS::SQS::Queue', createQueue],
  ['AWS::SSM::Parameter', putParameter],
  ['AWS::Events::Rule', startRule],
  ['AWS::S3::Bucket', startBucket],
  ['AWS::Lambda::Function', addFunction],
  ['AWS::Lambda::EventSourceMapping', addEventSource],
];

/**
 * Runs synthesized templates on this machine.
 *
 * Covered: S3 buckets with notifications to queues and to EventBridge; EventBridge's rules on the default bus with an
 * event pattern (`events/event-pattern.ts` lists the operators) and queues as targets; SQS queues with visibility
 * timeout, redrive and message groups; functions with environment, timeout, bundle, layers, log format and exec
 * wrapper, run by Lambda's Invoke and by event source mappings with batch size, batching window, partial responses and
 * concurrency; SSM parameters that one template has and another names, with the values that they had. Not enforced: IAM,
 * KMS, encryption, TLS, memory sizes, bucket and queue policies, message retention. Whatever else is in the templates,
 * resources and properties of them, is named in the log (`template/coverage.ts`).
 *
 * Answered over HTTP, to programs of this machine but not to web pages of another origin: S3's buckets, objects,
 * listings and multipart uploads (`storage/s3-operations.ts` lists them), with checksums and conditional writes; SQS
 * in JSON (`storage/queue-api.ts`); SSM's GetParameterHistory; Lambda's Invoke; STS' GetCallerIdentity. Any other request
 * is refused with 501 and a sentence.
 */
export async function startLocalCloud(options: CloudOptions): Promise<LocalCloud> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const services = await startServices(options, closers);
    const { stack, log } = services;
    for (const what of uncovered(stack.resources)) log(`Not covered by the local cloud: ${what}.`);
    for (const name of services.existingBuckets) startExistingBucket(name, services);
    for (const [type, start] of STARTS) {
      for (const resource of stack.resources) if (resource.type === type) start(resource, services);
    }
    return cloudOn(services, { close, isOpen: () => closers.length > 0 });
  } catch (error) {
    await close();
    throw error;
  }
}

function putParameter({ name, properties }: Resource, { parameters }: Services): void {
  parameters.put(name, String(properties.Value));
}

function addFunction(resource: Resource, services: Services): void {
  const { stack, assets, location, functionEndpoint: endpoint, functions, log } = services;
  const parts = { resources: stack.resources, assets, region: location.region, endpoint, notes: log };
  functions.add(resource.name, () => functionSpec(resource, parts));
}

function addEventSource(mapping: Resource, services: Services): void {
  const isEnabled = String(mapping.properties.Enabled ?? true) === 'true';
  if (isEnabled) services.eventSources.push(startEventSource(mapping, services));
}

function cloudOn(
  services: Services,
  { close, isOpen }: { readonly close: () => Promise<void>; readonly isOpen: () => boolean },
): LocalCloud {
  const { location, stack, objects, functions, eventSources, counters, signal, onChange } = services;
  const isIdle = () =>
    eventSources.every(({ queue, running }) => running() === 0 && visibleCount(queue) === 0);
  const waitingMessages = () => eventSources.reduce((sum, { waiting }) => sum + waiting(), 0);
  return {
    endpoint: location.endpoint,
    region: location.region,
    ...stack,
    counters,
    keysIn(bucket) {
      const all = objects.listObjects(bucket, { maxKeys: Number.POSITIVE_INFINITY });
      return all.objects.map(({ key }) => key);
    },
    waitingMessages,
    onChange,
    functionProcesses: functions.processes,
    async invoke(functionName, event) {
      const ending = functions.invoke(functionName, event);
      if (!ending) throw new Error(`Expected a function of the template but received ${functionName}.`);
      return ending;
    },
    async drain() {
      while (isOpen() && (!isIdle() || waitingMessages() > 0)) await signal.wait();
    },
    async stop({ drain = true, timeoutMs = 30_000 } = {}) {
      const end = Date.now() + timeoutMs;
      // A second call, without `drain`, closes while the first waits.
      while (drain && isOpen() && !isIdle() && Date.now() < end) await signal.wait(end - Date.now());
      const closed = close();
      signal.notify();
      await closed;
    },
  };
}
