/**
 * What AWS charges in us-east-1, in US dollars, without free tiers and volume discounts. Prices change seldom; other regions
 * cost up to twice as much.
 */
export const PRICES = {
  /** When the newest source below was written: AWS's own pages fill their figures in by script and could not be read as text. */
  asOf: '2026-06',
  region: 'us-east-1',
  lambda: {
    /**
     * https://aws.amazon.com/lambda/pricing/, as quoted by https://wring.co/blog/aws-lambda-pricing-guide (2026-03-08). INIT is
     * billed like any other time: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase
     */
    gigabyteSecond: { x86_64: 0.0000166667, arm64: 0.0000133334 },
    request: 0.2 / 1e6,
  },
  s3: {
    /** https://aws.amazon.com/s3/pricing/ (S3 Standard, requests). No source newer than 2025 was found. LIST costs the same. */
    put: 5 / 1e6,
    /** HEAD costs the same; DELETE is free. */
    get: 0.4 / 1e6,
  },
  sqs: {
    /**
     * https://aws.amazon.com/sqs/pricing/ (standard queues), as quoted by
     * https://www.factualminds.com/blog/amazon-sqs-pricing-64kb-rule-fifo-vs-standard/ (2026-06-13). A request carries up to
     * 64 KB, and up to ten messages where they are received or deleted together.
     */
    request: 0.4 / 1e6,
  },
  eventBridge: {
    /**
     * S3's events are opt-in, and not among those that are free:
     * https://aws.amazon.com/blogs/aws/new-use-amazon-s3-event-notifications-with-amazon-eventbridge/
     */
    event: 1 / 1e6,
  },
  stepFunctions: {
    /**
     * https://aws.amazon.com/step-functions/pricing/ (standard workflows), as quoted by
     * https://www.wring.co/blog/aws-step-functions-pricing-guide (2026-03-14). The first 4,000 of a month are free.
     */
    transition: 25 / 1e6,
  },
  cloudWatch: {
    /**
     * https://aws.amazon.com/cloudwatch/pricing/ (a month; standard resolution, one metric), as quoted by
     * https://github.com/api-evangelist/cloudwatch/blob/main/plans/cloudwatch-plans-pricing.yml (2026-05-05). Ten alarms and three
     * dashboards of an account are free.
     */
    alarm: 0.1,
    dashboard: 3,
  },
  logs: {
    /**
     * https://aws.amazon.com/cloudwatch/pricing/ (logs of Lambda, standard class, first 10 TB a month), as quoted by
     * https://zeonedge.com/ko/blog/taming-cloud-observability-costs-cloudwatch-datadog-open-source (2026-04-12).
     */
    ingestedGigabyte: 0.5,
  },
} as const;
