import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Resource } from '../template/stack';
import { withoutOpt } from './opt';

/** A function of the template, ready to be run. */
export interface FunctionSpec {
  readonly name: string;
  /** The unpacked bundle. */
  readonly folder: string;
  /** The process's whole environment; only PATH comes from this machine. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** The exec wrapper: a program that is started with Node's command line as its arguments. */
  readonly wrapper: string | undefined;
}

const PROJECT = join(__dirname, '../..');

/** What a function needs beside its own resource. */
export interface Surroundings {
  readonly resources: readonly Resource[];
  /** The folder of each asset, by its key. */
  readonly assets: ReadonlyMap<string, string>;
  readonly region: string;
  /** Where the function finds S3 and SQS. */
  readonly endpoint: string;
  /** Gets a sentence for each difference from Lambda. */
  readonly notes: (note: string) => void;
}

/**
 * Reads a function of the template.
 *
 * @throws Error when the bundle or a layer is no folder of the assembly
 */
export function functionSpec(resource: Resource, surroundings: Surroundings): FunctionSpec {
  const { name, properties } = resource;
  const { assets, region, endpoint } = surroundings;
  const layers = layersOf(resource, surroundings);
  const variables = variablesOf(resource, layers);
  const folder = assetFolder(resource, assets);
  return {
    name,
    folder,
    timeoutMs: Number(properties.Timeout ?? 3) * 1000,
    wrapper: variables.AWS_LAMBDA_EXEC_WRAPPER,
    environment: {
      ...variables,
      ...logFormat(properties),
      _HANDLER: String(properties.Handler),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize ?? 128),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL: endpoint,
      LAMBDA_TASK_ROOT: folder,
      NODE_PATH: modulesOf(resource, layers, surroundings).join(delimiter),
      PATH: process.env.PATH ?? '',
      TZ: ':UTC',
    },
  };
}

/** The folders of a function's layers, in their order. */
function layersOf({ properties }: Resource, { resources, assets }: Surroundings): string[] {
  return ((properties.Layers ?? []) as readonly string[])
    .map(ref => resources.find(layer => layer.ref === ref))
    .flatMap(layer => (layer ? [assetFolder(layer, assets)] : []));
}

function variablesOf({ properties }: Resource, layers: readonly string[]): Record<string, string> {
  const { Variables = {} } = (properties.Environment ?? {}) as {
    readonly Variables?: Readonly<Record<string, unknown>>;
  };
  const entries = Object.entries(Variables);
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutOpt(String(value), layers)]));
}

/** Where the function finds modules beside its bundle. */
function modulesOf(
  { name, properties }: Resource,
  layers: readonly string[],
  { notes }: Surroundings,
): string[] {
  const [architecture = 'x86_64'] = (properties.Architectures ?? []) as readonly string[];
  if (canRunLayers(architecture)) return layers.map(layer => join(layer, 'nodejs/node_modules'));
  if (layers.length > 0) {
    notes(
      `${name}: its layers are for Linux on ${architecture}; this machine's own node_modules stand in for them.`,
    );
  }
  return [join(PROJECT, 'node_modules')];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html: levels are for JSON alone. */
function logFormat({ LoggingConfig = {} }: Resource['properties']): Readonly<Record<string, string>> {
  const { LogFormat, ApplicationLogLevel = 'INFO' } = LoggingConfig as {
    readonly LogFormat?: string;
    readonly ApplicationLogLevel?: string;
  };
  if (LogFormat !== 'JSON') return { AWS_LAMBDA_LOG_FORMAT: 'Text' };
  return { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel };
}

/** The runtime's Node from the npm package `node`; this process's own where that is missing. */
export function runtimeNode(notes: (note: string) => void): string {
  const file = join(PROJECT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(file)) return file;
  notes(`The functions run on Node ${process.versions.node} because the npm package node is not installed.`);
  return process.execPath;
}

function assetFolder({ logicalId, properties }: Resource, assets: ReadonlyMap<string, string>): string {
  const { S3Key } = (properties.Code ?? properties.Content ?? {}) as { readonly S3Key?: string };
  const folder = assets.get(S3Key ?? '');
  if (!folder || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`Expected a folder as the asset of ${logicalId} but received ${folder ?? S3Key}.`);
  }
  return folder;
}

/** Layers hold binaries for Linux with glibc and one kind of CPU. */
function canRunLayers(architecture: string): boolean {
  const { header } = process.report.getReport() as {
    readonly header: { readonly glibcVersionRuntime?: string };
  };
  return (
    process.platform === 'linux' &&
    header.glibcVersionRuntime !== undefined &&
    process.arch === ARCHITECTURES[architecture]
  );
}

const ARCHITECTURES: Readonly<Record<string, NodeJS.Architecture>> = { x86_64: 'x64', arm64: 'arm64' };
