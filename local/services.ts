import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Counters, zeroCounters } from './counters';
import { createEventBus, type EventBus } from './events/event-bus';
import type { EventSource } from './events/event-source';
import { createFunctions, type Functions } from './function/functions';
import { createSignal, type Log, type Signal } from './signal';
import { listen } from './storage/endpoint';
import type { SqsStore } from './storage/fauxqs';
import { createObjectStore, type ObjectChange, type ObjectStore } from './storage/objects';
import { openParameters, type Parameters } from './storage/parameters';
import { openQueueJournal, type QueueJournal } from './storage/queue-journal';
import { createQueueStore } from './storage/queues';
import { readAssembly } from './template/assembly';
import type { Location } from './template/places';
import { resolveStacks, type Stack } from './template/stack';
import { unpackZips } from './template/unpack';

/** What {@link startServices} and `startLocalCloud` are told. */
export interface CloudOptions {
  /** The folder that `cdk synth` wrote; several run side by side, in the order of their deployment. */
  readonly assembly: string | readonly string[];
  /** Where objects and messages are kept, and found again at the next start; for one cloud at a time. */
  readonly data: string;
  /**
   * Buckets that the templates use and do not make, by name. They send their changes to EventBridge. With a folder its files
   * are the bucket's objects at the start, by their paths; they are never changed.
   */
  readonly existingBuckets?: Readonly<Record<string, { readonly folder?: string }>>;
  /** 0 for any that is free. */
  readonly port: number;
  readonly log: Log;
  /** Given the endpoint, what functions use in its place; a test may put a proxy between. */
  readonly between?: (endpoint: string) => Promise<string>;
}

/** What the resources of the templates run on. */
export interface Services {
  readonly location: Location;
  /** The endpoint for functions. */
  readonly functionEndpoint: string;
  readonly stack: Stack;
  /** The folder of each asset, by its key. */
  readonly assets: ReadonlyMap<string, string>;
  readonly objects: ObjectStore;
  /** Calls the listener at each change of an object, before the request that made it is answered. */
  readonly onChange: (listener: (change: ObjectChange) => void) => void;
  readonly queues: SqsStore;
  readonly parameters: Parameters;
  readonly journal: QueueJournal;
  readonly existingBuckets: readonly string[];
  readonly bus: EventBus;
  readonly functions: Functions;
  readonly eventSources: EventSource[];
  readonly counters: Counters;
  readonly signal: Signal;
  readonly log: Log;
}

const REGION = 'us-east-1';
/** The account that fauxqs takes every request to come from. */
const ACCOUNT = '000000000000';

/**
 * Starts S3, SQS, SSM and Lambda without any buckets, queues, parameters and functions.
 *
 * @param closers gets what ends each service, in the order of their start
 */
export async function startServices(options: CloudOptions, closers: (() => unknown)[]): Promise<Services> {
  const { port, log, between, data, existingBuckets = {} } = options;
  const assemblies = [options.assembly].flat().map(readAssembly);
  const counters = zeroCounters();
  const signal = createSignal();
  const stores = openStores({ data, existingBuckets, counters, signal, log });
  closers.push(stores.journal.close, stores.parameters.close, () => stores.objects.close());
  const functions = createFunctions({ counters, log });
  const { invoke } = functions;
  const endpoint = await listen({ port, region: REGION, ...stores, invoke, onQueueRequest: signal.notify });
  closers.push(endpoint.close);

  const location = { region: REGION, account: ACCOUNT, endpoint: endpoint.url };
  const functionEndpoint = (await between?.(endpoint.url)) ?? endpoint.url;
  const stack = resolveStacks(assemblies, location);
  const zips = new Map(assemblies.flatMap(one => [...one.assets]));
  const assets = await unpackZips(zips, join(data, 'assets'));
  const eventSources: EventSource[] = [];
  closers.push(async () => {
    const stopped = eventSources.map(source => source.stop());
    await functions.stop();
    await Promise.all(stopped);
  });
  const work = {
    existingBuckets: Object.keys(existingBuckets),
    bus: createEventBus(),
    functions,
    eventSources,
    counters,
    signal,
    log,
  };
  return { location, functionEndpoint, stack, assets, ...stores, ...work };
}

/** The stores of objects and queues, with what the last run left in them. */
function openStores({
  data,
  existingBuckets,
  counters,
  signal,
  log,
}: Pick<Services, 'counters' | 'signal' | 'log'> &
  Required<Pick<CloudOptions, 'data' | 'existingBuckets'>>): Pick<
  Services,
  'journal' | 'queues' | 'parameters' | 'objects' | 'onChange'
> {
  mkdirSync(data, { recursive: true });
  const journal = openQueueJournal(join(data, 'queues.jsonl'), log);
  const queues = createQueueStore(journal, ({ status }) => {
    if (status === 'dlq') counters.deadLettered++;
    signal.notify();
  });
  const listeners: ((change: ObjectChange) => void)[] = [];
  const objects = createObjectStore({
    folder: join(data, 'objects'),
    existing: { folders: foldersOf(existingBuckets), state: join(data, 'existing') },
    log,
    onChange(change) {
      for (const listener of listeners) listener(change);
    },
  });
  const parameters = openParameters(join(data, 'parameters.jsonl'), log);
  return { journal, queues, parameters, objects, onChange: listener => void listeners.push(listener) };
}

function foldersOf(buckets: Required<CloudOptions>['existingBuckets']): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(buckets).flatMap(([name, { folder }]) =>
      folder === undefined ? [] : [[name, folder] as const],
    ),
  );
}
