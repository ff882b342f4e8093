/**
 * What AWS asks for in us-east-1, in US dollars, without free tiers and discounts for much use. From the public pages named
 * here, as they stood in 2025; they change seldom, other regions cost up to twice as much.
 */
export const PRICES = {
  asOf: '2025',
  region: 'us-east-1',
  lambda: {
    source: 'https://aws.amazon.com/lambda/pricing/',
    gigabyteSecond: { x86_64: 0.0000166667, arm64: 0.0000133334 },
    request: 0.2 / 1e6,
  },
  s3: {
    source: 'https://aws.amazon.com/s3/pricing/ (S3 Standard, requests)',
    put: 5 / 1e6,
    /** HEAD costs the same; DELETE is free. */
    get: 0.4 / 1e6,
  },
  sqs: {
    source: 'https://aws.amazon.com/sqs/pricing/ (standard queues)',
    /** Up to 64 KB each; one for up to ten messages that are received or deleted together. */
    request: 0.4 / 1e6,
  },
  logs: {
    source: 'https://aws.amazon.com/cloudwatch/pricing/ (logs, standard class)',
    ingestedGigabyte: 0.5,
  },
} as const;
