/**
 * Text that JavaScript's `<` puts into S3's order of keys, which is the order of their UTF-8 bytes. JavaScript compares UTF-16
 * units, where a character above U+FFFF (two units from U+D800 to U+DFFF) would come before U+E000 to U+FFFF: the two ranges are
 * exchanged. Most keys are their own such text, and the text of `a + b` is that of `a` and that of `b`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function sortable(key: string): string {
  return MISPLACED.test(key) ? key.replace(ALL_MISPLACED, exchanged) : key;
}

const MISPLACED = /[\ud800-\uffff]/;
const ALL_MISPLACED = /[\ud800-\uffff]/g;

function exchanged(unit: string): string {
  const code = unit.charCodeAt(0);
  return String.fromCharCode(code < 0xe000 ? code + 0x2000 : code - 0x800);
}
