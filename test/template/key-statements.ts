import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The policy of a key that exists, as docs/security.md has it: the block to paste, and what AWS gives every key. */
export function keyStatements({ account, region }: { readonly account: string; readonly region: string }) {
  const page = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8');
  const [, block = ''] = /^```json\n(\[.*?)^```$/ms.exec(page) ?? [];
  const pasted: readonly object[] = JSON.parse(
    block.replaceAll('ACCOUNT', account).replaceAll('REGION', region),
  );
  const root = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  return { Version: '2012-10-17', Statement: [root, ...pasted] };
}
