import type { BuiltLayer } from './layer';
import { readManifest } from './manifest';

/** What one request to Lambda can carry. A larger zip goes through S3. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_DIRECT_MIB = 50;

/**
 * The commands of the AWS CLI that publish a built layer without CDK.
 *
 * @param zip path of the zip, as the command names it
 */
export function publishCommand(layer: BuiltLayer, zip: string): string {
  const { name, architecture, zippedBytes, content, source } = layer;
  const direct = zippedBytes <= MAX_DIRECT_MIB * 1024 * 1024;
  const key = `${name}-${architecture}-${content.slice(0, 12)}.zip`;
  const upload = direct ? '' : `aws s3 cp ${quoted(zip)} s3://YOUR-BUCKET/${key}\n`;
  const where = direct
    ? `--zip-file ${quoted(`fileb://${zip}`)}`
    : `--content S3Bucket=YOUR-BUCKET,S3Key=${key}`;
  const lines = [
    `aws lambda publish-layer-version --layer-name ${name}-${architecture}`,
    where,
    `--compatible-runtimes ${readManifest(source).runtimes.join(' ')}`,
    `--compatible-architectures ${architecture}`,
  ];
  return upload + lines.join(' \\\n  ');
}

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
