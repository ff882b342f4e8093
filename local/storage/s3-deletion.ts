import type { S3Store } from './fauxqs';
import { escapeXml, notServed, type Refusal, XML } from './refusals';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_KEYS = 1000;

/**
 * Answers DeleteObjects. fauxqs does not decode references in a key, such as `&#10;` for a newline.
 *
 * @param body the list of objects, in XML
 */
export function deletion(
  objects: S3Store,
  { bucket, body }: { readonly bucket: string; readonly body: string },
): string | Refusal {
  const entries = [...body.matchAll(/<Object>([\s\S]*?)<\/Object>/g)].map(([, entry = '']) => entry);
  const condition = entries.join('').match(/<(VersionId|ETag|LastModifiedTime|Size)>/)?.[1];
  if (condition) return notServed(`The local cloud does not serve ${condition} in DeleteObjects.`);
  const keys = entries.map(entry => textOf(/<Key>([\s\S]+?)<\/Key>/.exec(entry)?.[1] ?? ''));
  if (keys.length === 0 || keys.length > MAX_KEYS || keys.includes('')) return MALFORMED;

  for (const key of keys) objects.deleteObject(bucket, key);
  const quiet = /<Quiet>\s*true\s*<\/Quiet>/i.test(body);
  const deleted = quiet ? [] : keys.map(key => `<Deleted><Key>${escapeXml(key)}</Key></Deleted>`);
  return `${XML}<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${deleted.join('')}</DeleteResult>`;
}

const MALFORMED: Refusal = {
  status: 400,
  code: 'MalformedXML',
  sentence: 'The XML you provided was not well-formed or did not validate against our published schema',
};

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Decodes XML text; a carriage return that is not a reference is a newline. */
function textOf(xml: string): string {
  return xml
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(
      /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
      (reference, hex?: string, decimal?: string, name = '') => {
        const code = hex ? Number.parseInt(hex, 16) : Number(decimal ?? Number.NaN);
        return code <= 0x10ffff ? String.fromCodePoint(code) : (NAMED[name] ?? reference);
      },
    );
}
