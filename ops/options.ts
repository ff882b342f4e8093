import { parseArgs } from 'node:util';
import { UsageError } from './usage-error';

/** The data folder, unless `--data` names another. */
export const DEFAULT_DATA = '.local';

export const HELP = `npm start -- [options]   runs the app on this machine, with no AWS account

  --port N        where S3 and SQS listen, on 127.0.0.1 only (default 4566; 0 for any free port)
  --data DIR      where objects and messages are kept (default .local)
  --json          when ready, one line of JSON on stdout with what a program needs to connect;
                  with --drop, a line for each thumbnail and for each file that has none
  --drop PATH…    drops these files and folders into the bucket, waits for their thumbnails, copies
                  them here and ends; exit code 0 only if every image has its thumbnail. Regular
                  files, each once: links are followed, hidden files and pipes are left out. Where
                  \`npm start\` runs on the data folder already, it drops into that one
  --out DIR       where --drop puts the thumbnails (default .local/miniaturas), each with the
                  extension of what it is
  --verbose       with --drop, a line for each thumbnail even if there are many, and the log of the
                  function where --drop runs it
  --bucket DIR    runs the app on an existing bucket (the setting bucketName): that of the files in this
                  folder, which are only read. What is there already gets its thumbnails by
                  \`npm run backfill -- --local\`; thumbnails go into the data folder
  --app DIR       runs the CDK app in this folder beside it (examples/http-layer); more than one with
                  more --app
  --assembly DIR  runs what \`cdk synth\` left in this folder instead of synthesizing
  --help`;

export interface Options {
  /** Undefined: the default. */
  readonly port: number | undefined;
  readonly data: string;
  readonly json: boolean;
  /** Files and folders; empty when nothing is to be dropped. */
  readonly drop: readonly string[];
  readonly out: string;
  readonly verbose: boolean;
  /** A folder that stands for an existing bucket; undefined for a bucket of the app's own. */
  readonly bucket: string | undefined;
  /** A synthesized assembly; undefined to synthesize. */
  readonly assembly: string | undefined;
  /** Folders of further CDK apps. */
  readonly apps: readonly string[];
  readonly help: boolean;
}

/** @throws UsageError in a sentence */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  if (positionals.length > 0 && !values.drop) {
    throw new UsageError(
      `Expected an option but received ${positionals[0]}. To drop it: --drop ${positionals[0]}`,
    );
  }
  return {
    ...values,
    port: values.port === undefined ? undefined : portNumber(values.port),
    // `--drop a b c`: the shell's list goes on after the option's own value.
    drop: values.drop ? [...values.drop, ...positionals] : [],
    bucket: values.bucket,
    assembly: values.assembly,
    apps: values.app,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        data: { type: 'string', default: DEFAULT_DATA },
        json: { type: 'boolean', default: false },
        drop: { type: 'string', multiple: true },
        out: { type: 'string', default: '.local/miniaturas' },
        verbose: { type: 'boolean', default: false },
        bucket: { type: 'string' },
        app: { type: 'string', multiple: true, default: [] },
        assembly: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    const [sentence] = (cause as Error).message.split('. To specify');
    throw new UsageError(`${sentence}. See \`npm start -- --help\`.`, { cause });
  }
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`Expected a port from 0 to 65535 for --port but received ${JSON.stringify(text)}.`);
  }
  return port;
}
