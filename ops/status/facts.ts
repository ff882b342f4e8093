/** What is known of an installation at one time; what could not be asked is undefined. */
export interface Facts {
  readonly name: string;
  /** What is deployed. */
  readonly version?: string | undefined;
  readonly queue: {
    readonly waiting: number;
    readonly inFlight: number;
    /** Of its oldest message, in seconds; undefined where nothing says. */
    readonly oldestSeconds?: number | undefined;
    /** How many waited an hour ago. */
    readonly waitingBefore?: number | undefined;
  };
  readonly failures: {
    readonly count: number;
    /** Of those that were read, the most frequent reason first. */
    readonly reasons: readonly Count[];
    /** How many were read. */
    readonly read: number;
  };
  /** Only on AWS. */
  readonly aws?: AwsFacts;
}

export interface AwsFacts {
  /** Whether the event source mapping is on. */
  readonly takesMessages: boolean;
  readonly alarms: {
    readonly configured: number;
    readonly raised: readonly { readonly description: string; readonly since: Date | undefined }[];
  };
  /** Of the last hour. */
  readonly function: { readonly invocations: number; readonly errors: number; readonly throttles: number };
  /** Of the last hour's log. */
  readonly log: LogFacts;
}

export interface LogFacts {
  readonly outcomes: readonly Count[];
  /** The function's errors by their text, the most frequent first. */
  readonly errors: readonly Count[];
  /** Whether the whole hour was read. */
  readonly complete: boolean;
}

export interface Count {
  readonly what: string;
  readonly count: number;
}

/** How often each thing is in a list, the most frequent first. */
export function countsIn(things: Iterable<string>): Count[] {
  const counts = new Map<string, number>();
  for (const what of things) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].map(([what, count]) => ({ what, count })).sort((a, b) => b.count - a.count);
}
