import { sortable } from './key-order';
import type { Listed, Pages } from './listed';

/** Goes through one listing. What it stands at is known without waiting until a page ends. */
export interface Cursor {
  /** The object that it stands at; undefined at the end of a page, and of the listing. */
  readonly object: Listed | undefined;
  /** The object's key without the listing's prefix. */
  readonly place: string;
  /** The place as `sortable` text. */
  readonly order: string;
  /** Whether the next object is not known: a page is due. */
  readonly isAtPageEnd: boolean;
  /** Whether there are no more objects. */
  readonly isAtEnd: boolean;
  /** Goes on to the next object of the page. */
  advance(): void;
  /** Gets the next page, if one is due. */
  fill(): Promise<void>;
  /** Ends the listing. */
  close(): Promise<void>;
}

/** A listing was not in the order of its keys' UTF-8 bytes, as those of directory buckets are not. It cannot be compared. */
export class UnorderedListing extends Error {
  override readonly name = 'UnorderedListing';
  constructor(before: string, after: string) {
    super(`Expected a listing in the order of UTF-8 bytes but received ${before} before ${after}.`);
  }
}

/** @param prefix the one of all keys of the listing */
export function cursorOf(listing: Pages, prefix: string): Cursor {
  const pages = listing[Symbol.asyncIterator]();
  let page: readonly Listed[] = [];
  let index = 0;
  let object: Listed | undefined;
  let place = '';
  let order = '';
  let isAtEnd = false;

  function stand(): void {
    const before = order;
    object = page[index];
    if (object === undefined) return;
    place = object.key.slice(prefix.length);
    order = sortable(place);
    if (order < before) throw new UnorderedListing(prefix + before, object.key);
  }

  return {
    get object() {
      return object;
    },
    get place() {
      return place;
    },
    get order() {
      return order;
    },
    get isAtPageEnd() {
      return object === undefined && !isAtEnd;
    },
    get isAtEnd() {
      return isAtEnd;
    },
    advance() {
      index++;
      stand();
    },
    async fill() {
      while (object === undefined && !isAtEnd) {
        const next = await pages.next();
        isAtEnd = next.done === true;
        page = next.done ? [] : next.value;
        index = 0;
        stand();
      }
    },
    async close() {
      await pages.return?.();
    },
  };
}
