import type { ReadSource } from '../../lambda/thumbnail/apply';
import { limitsFor } from '../../lambda/thumbnail/model/limits';
import type { Rendering } from '../../lambda/thumbnail/model/rendering';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { reconcile } from '../../lambda/thumbnail/reconcile';
import { createSemaphore } from '../../lambda/thumbnail/semaphore';
import type { Store, StoredObject } from '../../lambda/thumbnail/store';

/** What a person may do to a source. `bad` bytes cannot be rendered. */
export type UserAction = { readonly put: number; readonly bad: boolean } | 'delete';

/** One event in the queue. It leaves the queue for good when a run of it ends well. */
interface Message {
  readonly key: string;
  /** Of the source at the time, in bytes; 0 where it was deleted. */
  readonly size: number;
}

/** An S3 call of a run, waiting to take effect or, that done, to be answered. */
interface Call {
  readonly run: Run;
  readonly writes: boolean;
  /** Undefined once it has happened. */
  effect: (() => void) | undefined;
  readonly answer: () => void;
}

interface WorldObject extends StoredObject {
  readonly bytes: Uint8Array;
}

interface Run {
  readonly message: Message;
  crashed: boolean;
}

const VARIANTS = ['small/', 'large/'].map(prefix => ({
  prefix,
  suffix: '',
})) as unknown as readonly Variant[];

/**
 * S3, its events, the queue and the runs of the function, stepped by hand: between any two S3 calls of any runs, and between
 * a call's effect and its answer, anything else may happen. S3 itself is strongly consistent, as AWS promises.
 */
export class World {
  private readonly objects = new Map<string, WorldObject>();
  private readonly rejected = new Set<string>();
  private queue: Message[] = [];
  private calls: Call[] = [];

  /** @param secondLook false: a look at a source after its first reading always finds it unchanged */
  constructor(private readonly secondLook: boolean) {}

  act(key: string, action: UserAction): void {
    if (action === 'delete') this.objects.delete(key);
    else this.objects.set(key, sourceOf(action));
    this.queue.push({ key, size: this.objects.get(key)?.bytes.byteLength ?? 0 });
  }

  /** What may happen next without people; empty once all is at rest. */
  steps(): (() => void)[] {
    return [
      ...this.queue.map(message => () => this.deliver(message)),
      ...this.calls.map(call => () => this.step(call)),
    ];
  }

  /** What may go wrong next: an event announced twice, a run cut short. */
  mishaps(): (() => void)[] {
    const runs = new Set(this.calls.map(({ run }) => run).filter(run => !run.crashed));
    return [
      ...this.queue.map(message => () => void this.queue.push({ ...message })),
      ...[...runs].map(run => () => this.crash(run)),
    ];
  }

  /** How the bucket differs from what it should hold: nothing, if all is well. */
  faults(keys: readonly string[]): string[] {
    return keys.flatMap(key => {
      const source = this.objects.get(key);
      const text = source && textOf(source.bytes);
      if (text?.startsWith('bad') && !this.rejected.has(source?.etag ?? ''))
        return [`${key}: lost without a word`];
      return VARIANTS.flatMap(({ prefix }) => {
        const thumbnail = this.objects.get(`${prefix}${key}`);
        const is = thumbnail && textOf(thumbnail.bytes);
        const should = text?.startsWith('good') ? `${prefix} of ${text}` : undefined;
        if (is === should) return [];
        const kind = is === undefined ? 'missing' : should === undefined ? 'orphan' : 'stale';
        return [`${prefix}${key}: ${kind} (is ${is}, should be ${should})`];
      });
    });
  }

  private deliver(message: Message): void {
    this.queue = this.queue.filter(other => other !== message);
    const run: Run = { message, crashed: false };
    let seen: string | undefined;
    const store = this.store(run, etag => {
      seen = etag;
    });
    const ref = { bucket: 'bucket', ...message, isRemoval: message.size === 0, event: undefined };
    const deps = { bucket: 'bucket', variants: VARIANTS, limits: limitsFor(1769, 60), store, render };
    reconcile(ref, { ...deps, sourceBytes: createSemaphore(100) }).then(
      ({ outcome }) => {
        if (outcome === 'rejected' && seen !== undefined) this.rejected.add(seen);
      },
      () => this.queue.push(message),
    );
  }

  private step(call: Call): void {
    if (call.effect) {
      call.effect();
      call.effect = undefined;
      if (!call.run.crashed) return;
    }
    this.calls = this.calls.filter(other => other !== call);
    if (!call.run.crashed) call.answer();
    else if (!this.calls.some(({ run }) => run === call.run)) this.queue.push(call.run.message);
  }

  /** The process ends. Writes that it had sent still reach S3, some time before its message is delivered again. */
  private crash(run: Run): void {
    run.crashed = true;
    this.calls = this.calls.filter(call => call.run !== run || (call.writes && call.effect));
    if (!this.calls.some(call => call.run === run)) this.queue.push(run.message);
  }

  private store(run: Run, read: (etag: string | undefined) => void): Store {
    const call = <T>(effect: () => T, writes = false) =>
      new Promise<T>(resolve => {
        let result: T;
        const happen = () => {
          result = effect();
        };
        this.calls.push({ run, writes, effect: happen, answer: () => resolve(result) });
      });
    let seen: StoredObject | undefined;
    return {
      read: ({ key }, maxBytes) =>
        call(() => {
          const source = this.objects.get(key);
          seen = source;
          read(source?.etag);
          const size = source?.bytes.byteLength ?? 0;
          return source && { ...source, size, bytes: size > maxBytes ? undefined : source.bytes };
        }),
      head: ({ key }) =>
        call(() => {
          const source = this.objects.get(key);
          return isThumbnail(key) || this.secondLook ? source : seen;
        }),
      write: ({ key }, { bytes, metadata }, replaces) =>
        call(() => {
          if (this.objects.get(key)?.etag !== replaces) return false;
          this.objects.set(key, { bytes, metadata, etag: `etag of ${textOf(bytes)}` });
          return true;
        }, true),
      remove: ({ key }, etag) =>
        call(() => this.objects.get(key)?.etag === etag && this.objects.delete(key), true),
    };
  }
}

function isThumbnail(key: string): boolean {
  return VARIANTS.some(({ prefix }) => key.startsWith(prefix));
}

function sourceOf({ put, bad }: { put: number; bad: boolean }): WorldObject {
  const text = `${bad ? 'bad' : 'good'} ${put}`;
  return { bytes: new TextEncoder().encode(text), etag: `etag of ${text}`, metadata: {} };
}

const RENDERED = {
  kind: 'rendered',
  format: 'jpeg',
  decoder: 'sharp',
  damaged: false,
  thumbhash: '',
  width: 1,
  height: 1,
} as const;

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Stands in for the pixels: a thumbnail says of which bytes and for which variant it was made. */
async function render({ bytes }: ReadSource, variants: readonly Variant[]): Promise<Rendering> {
  const text = textOf(bytes);
  if (text.startsWith('bad')) return { kind: 'rejected', reason: 'unsupported', detail: 'bad' };
  const thumbnails = variants.map(variant => ({
    variant,
    bytes: new TextEncoder().encode(`${variant.prefix} of ${text}`),
    contentType: 'image/jpeg',
    width: 1,
    height: 1,
  }));
  return { ...RENDERED, thumbnails, rejections: [] };
}
