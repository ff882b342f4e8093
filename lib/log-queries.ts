import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Queries of the function's log, whose lines are objects (lambda/thumbnail/log.ts), in the language of Logs Insights. */
export const LOG_QUERIES = {
  outcomes: lines('filter ispresent(message.outcome)', 'stats count(*) as images by message.outcome'),
  reasons: lines('filter message.outcome = "rejected"', 'stats count(*) as images by message.reason'),
  formats: lines(
    'filter message.outcome = "created"',
    'stats count(*) as images, avg(message.source.bytes) as meanBytes by message.source.format, message.source.decoder',
  ),
  damaged: lines(
    'filter message.source.damaged = 1',
    'fields @timestamp, message.key, message.source.format',
    'sort @timestamp desc',
  ),
  bytes: lines(
    'filter message.outcome = "created"',
    'stats sum(message.source.bytes) as read, sum(message.thumbnails.0.bytes) as writtenOfFirstVariant by bin(1h)',
  ),
  errors: lines(
    'filter message.outcome = "error" or level = "ERROR"',
    'stats count(*) as times, latest(@timestamp) as last by message.name, message.message',
  ),
} as const;

/** Thumbnails over time; the rest of what is on the dashboard is a query above. */
export const CREATED = lines('filter message.outcome = "created"', 'stats count(*) as images by bin(5m)');

function lines(...stages: readonly string[]): string {
  return stages.join('\n| ');
}

export interface LogQueriesProps {
  readonly logGroup: ILogGroup;
  /** Begins their names (`<folder>/outcomes`), so that those of several stacks stand apart. */
  readonly folder: string;
}

/** The queries, saved in CloudWatch for whoever looks. They cost nothing until they are run. */
export class LogQueries extends Construct {
  constructor(scope: Construct, id: string, { logGroup, folder }: LogQueriesProps) {
    super(scope, id);
    for (const [name, queryString] of Object.entries(LOG_QUERIES)) {
      new CfnQueryDefinition(this, name, {
        name: `${folder}/${name}`,
        queryString,
        logGroupNames: [logGroup.logGroupName],
      });
    }
  }
}
