import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** @param more values of the format's other names */
  update(value: number, more?: Readonly<Record<string, number>>): void;
  stop(): void;
}

/** A bar on stderr, if that is a terminal: `{bar} {value} of {total} …`. */
export function startProgress(
  format: string,
  total: number,
  more: Readonly<Record<string, number>> = {},
): Progress {
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  bar.start(total, 0, { ...more });
  return { update: (value, values) => bar.update(value, { ...values }), stop: () => bar.stop() };
}
