import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Counters, zeroCounters } from './counters';
import { type EventSource, startEventSource } from './events/event-source';
import { matches, notificationsOf } from './events/notification';
import { s3EventBody, s3TestEventBody } from './events/s3-event';
import { functionSpec, runtimeNode } from './function/function';
import { createPool, type FunctionPool } from './function/pool';
import type { Ending } from './function/process';
import { createSignal, type Log } from './signal';
import { listen } from './storage/endpoint';
import { loadFauxqs } from './storage/fauxqs';
import { createObjectStore, type ObjectChange } from './storage/objects';
import { openQueueJournal } from './storage/queue-journal';
import { createQueue, createQueueStore, visibleCount } from './storage/queues';
import { readAssembly } from './template/assembly';
import { uncovered } from './template/coverage';
import { type Location, type Resource, resolveStacks } from './template/stack';
import { unpackZips } from './template/unpack';

/** Templates that run on this machine. */
export interface LocalCloud {
  /** `http://127.0.0.1:<port>`, for S3, SQS and Lambda's Invoke; any credentials do. */
  readonly endpoint: string;
  readonly region: string;
  /** The templates' outputs by name; the first template's, where two have one of a name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The templates' resources as they are here. */
  readonly resources: readonly Resource[];
  readonly counters: Readonly<Counters>;
  /** Messages that failed and wait for their next try, which is when their visibility timeout is over. */
  waitingMessages(): number;
  /** Calls the listener at each change of an object, before the request that made it is answered. */
  onChange(listener: (change: ObjectChange) => void): void;
  /** The processes of functions that are alive: their ids. */
  functionProcesses(): readonly number[];
  /** Runs a function of the templates, by its name, with an event of the caller's. */
  invoke(functionName: string, event: unknown): Promise<Ending>;
  /** Resolves when every message of a queue that feeds a function is done with, later tries included, or at a stop. */
  drain(): Promise<void>;
  /**
   * Ends everything. With `drain` (the default) what can be worked on now is, for `timeoutMs` (30,000) at most; what
   * waits for a later try is kept on disk either way.
   */
  stop(options?: { readonly drain?: boolean; readonly timeoutMs?: number }): Promise<void>;
}

const REGION = 'us-east-1';
/** The account that fauxqs takes every request to come from. */
const ACCOUNT = '000000000000';

/**
 * Runs synthesized templates on this machine.
 *
 * Covered: S3 buckets with notifications to queues; SQS queues with visibility timeout and redrive; functions with
 * environment, timeout, bundle, layers, log format and exec wrapper, run by Lambda's Invoke and by event source mappings with batch
 * size, batching window, partial responses and concurrency; SSM parameters that one template has and another names. Not
 * enforced: IAM, KMS, encryption, TLS, memory sizes, bucket and queue policies, message retention.
 * Whatever else is in the template, resources and properties of them, is named in the log (`template/coverage.ts`).
 *
 * Answered over HTTP, to programs of this machine but not to web pages of another origin: S3's buckets, objects, listings
 * and uploads in parts (`storage/s3-operations.ts` lists them), with checksums and conditional writes; SQS in JSON
 * (`storage/queue-api.ts`); Lambda's Invoke; STS' GetCallerIdentity. Any other request is refused with 501 and a sentence.
 *
 * @param options.assembly the folder that `cdk synth` wrote; several run side by side, in the order of their deployment
 * @param options.data where objects and messages are kept, and are there again at the next start; for one cloud at a time
 * @param options.port 0 for any that is free
 * @param options.between what functions are to take for the endpoint: a test may put something between
 */
export async function startLocalCloud(options: {
  readonly assembly: string | readonly string[];
  readonly data: string;
  readonly port: number;
  readonly log: Log;
  readonly between?: (endpoint: string) => Promise<string>;
}): Promise<LocalCloud> {
  const { data, port, log } = options;
  const closers: (() => unknown)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await start();
  } catch (error) {
    await closeAll();
    throw error;
  }

  async function start(): Promise<LocalCloud> {
    const assemblies = [options.assembly].flat().map(readAssembly);
    const counters = zeroCounters();
    const signal = createSignal();
    const listeners: ((change: ObjectChange) => void)[] = [];

    mkdirSync(data, { recursive: true });
    const journal = openQueueJournal(join(data, 'queues.jsonl'), log);
    closers.push(journal.close);
    const queues = createQueueStore(journal, ({ status }) => {
      if (status === 'dlq') counters.deadLettered++;
      signal.notify();
    });
    const objects = createObjectStore({
      folder: join(data, 'objects'),
      onChange: change => {
        for (const listener of listeners) listener(change);
      },
      log,
    });
    const endpoint = await listen({
      port,
      region: REGION,
      objects,
      queues,
      onQueueRequest: signal.notify,
      invoke: (functionName, event) => findPool(functionName)?.invoke(event),
    });
    closers.push(endpoint.close);

    const location: Location = { region: REGION, account: ACCOUNT, endpoint: endpoint.url };
    const functionEndpoint = (await options.between?.(endpoint.url)) ?? endpoint.url;
    const { resources, outputs } = resolveStacks(assemblies, location);
    const assets = await unpackZips(
      new Map(assemblies.flatMap(one => [...one.assets])),
      join(data, 'assets'),
    );
    const ofType = (type: string) => resources.filter(resource => resource.type === type);
    for (const what of uncovered(resources)) log(`Not covered by the local cloud: ${what}.`);

    for (const queue of ofType('AWS::SQS::Queue')) createQueue(queues, queue, journal);
    for (const bucket of ofType('AWS::S3::Bucket')) {
      objects.createBucket(bucket.name);
      notify(bucket);
    }

    function notify(bucket: Resource): void {
      const notifications = notificationsOf(bucket);
      for (const arn of new Set(notifications.map(({ queueArn }) => queueArn))) {
        send(arn, s3TestEventBody(bucket.name));
      }
      listeners.push(change => {
        if (change.bucket !== bucket.name) return;
        for (const notification of notifications) {
          if (!matches(notification, change)) continue;
          counters.notifications++;
          send(notification.queueArn, s3EventBody(change, REGION));
        }
      });
    }

    function send(queueArn: string, body: string): void {
      const queue = queues.getQueueByArn(queueArn);
      if (!queue) throw new Error(`Expected a queue of the template but received ${queueArn}.`);
      queue.enqueue(loadFauxqs().SqsStore.createMessage(body));
    }

    const node = runtimeNode(log);
    const pools = new Map<string, FunctionPool>();
    function poolOf(nameOrArn: string): FunctionPool {
      const pool = findPool(nameOrArn);
      if (!pool) throw new Error(`Expected a function of the template but received ${nameOrArn}.`);
      return pool;
    }

    function findPool(nameOrArn: string): FunctionPool | undefined {
      const name = nameOrArn.split(':').at(-1) ?? nameOrArn;
      const resource = ofType('AWS::Lambda::Function').find(candidate => candidate.name === name);
      if (!resource) return undefined;
      const spec = () =>
        functionSpec(resource, {
          resources,
          assets,
          region: REGION,
          endpoint: functionEndpoint,
          notes: log,
        });
      const pool = pools.get(name) ?? createPool(spec(), { node, log, counters });
      pools.set(name, pool);
      return pool;
    }

    const sources: EventSource[] = [];
    closers.push(async () => {
      const stopped = sources.map(source => source.stop());
      await Promise.all([...pools.values()].map(pool => pool.stop()));
      await Promise.all(stopped);
    });
    for (const mapping of ofType('AWS::Lambda::EventSourceMapping')) {
      const queue = queues.getQueueByArn(String(mapping.properties.EventSourceArn));
      if (!queue) throw new Error(`Expected a queue of the template as the source of ${mapping.logicalId}.`);
      const pool = poolOf(String(mapping.properties.FunctionName));
      sources.push(startEventSource(mapping, { queue, queues, pool, region: REGION, signal, counters }));
    }

    const atRest = () => sources.every(({ queue, running }) => running() === 0 && visibleCount(queue) === 0);
    const waitingMessages = () => sources.reduce((sum, { waiting }) => sum + waiting(), 0);

    return {
      endpoint: endpoint.url,
      region: REGION,
      outputs,
      resources,
      counters,
      waitingMessages,
      functionProcesses: () => [...pools.values()].flatMap(pool => pool.processes()),
      onChange: listener => listeners.push(listener),
      invoke: (functionName, event) => poolOf(functionName).invoke(event),
      async drain() {
        while (closers.length > 0 && (!atRest() || waitingMessages() > 0)) await signal.wait();
      },
      async stop({ drain = true, timeoutMs = 30_000 } = {}) {
        const end = Date.now() + timeoutMs;
        // Empty once a later call has stopped everything at once.
        while (drain && closers.length > 0 && !atRest() && Date.now() < end)
          await signal.wait(end - Date.now());
        const closed = closeAll();
        signal.notify();
        await closed;
      },
    };
  }
}
