import { Duration } from 'aws-cdk-lib';
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Rates } from './cost/spend';
import { CREATED, LOG_QUERIES } from './log-queries';
import type { ThumbnailQueue } from './thumbnail-queue';

export interface DashboardProps {
  readonly queues: ThumbnailQueue;
  readonly function: LambdaFunction;
  readonly rates: Rates;
}

/** Of the 24 columns of a dashboard. */
const THIRD = { width: 8, height: 6 };

/** How the app is, at a glance: what waits, what came of it, what it took. */
export class Dashboard extends Construct {
  readonly dashboardName: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      defaultInterval: Duration.days(1),
      widgets: [[...queueWidgets(props), dollarsWidget(props)], logWidgets(props), functionWidgets(props)],
    });
    this.dashboardName = dashboard.dashboardName;
  }
}

function queueWidgets({ queues: { queue, deadLetterQueue } }: DashboardProps): IWidget[] {
  return [
    new GraphWidget({
      ...THIRD,
      title: 'Messages',
      left: [
        queue.metricApproximateNumberOfMessagesVisible({ label: 'waiting' }),
        queue.metricApproximateNumberOfMessagesNotVisible({ label: 'in flight' }),
        deadLetterQueue.metricApproximateNumberOfMessagesVisible({ label: 'kept as failures' }),
      ],
    }),
    new GraphWidget({
      ...THIRD,
      title: 'Age of the oldest message, in seconds',
      left: [
        queue.metricApproximateAgeOfOldestMessage({ label: 'all' }),
        queue.metric('ApproximateAgeOfOldestMessageInQuietGroups', {
          label: 'without a backfill',
          statistic: Stats.MAXIMUM,
        }),
      ],
    }),
  ];
}

/** By the prices of lib/cost/prices.ts: the function's time and invocations as metered, S3 and SQS for each message. */
function dollarsWidget({ queues: { queue }, function: fn, rates }: DashboardProps): IWidget {
  const period = Duration.days(1);
  const { dollarsAMillisecond, dollarsAnInvocation, dollarsAMessage } = rates;
  const [time, call, message] = [dollarsAMillisecond, dollarsAnInvocation, dollarsAMessage].map(decimal);
  return new SingleValueWidget({
    ...THIRD,
    title: 'Dollars of the last day, estimated',
    metrics: [
      new MathExpression({
        expression: `FILL(busy, 0) * ${time} + FILL(calls, 0) * ${call} + FILL(messages, 0) * ${message}`,
        usingMetrics: {
          busy: fn.metricDuration({ statistic: Stats.SUM, period }),
          calls: fn.metricInvocations({ period }),
          messages: queue.metricNumberOfMessagesSent({ period }),
        },
        label: 'dollars',
        period,
      }),
    ],
  });
}

/** CloudWatch's expressions know no exponents. */
function decimal(dollars: number): string {
  return dollars.toFixed(15).replace(/0+$/, '');
}

function logWidgets({ function: { logGroup } }: DashboardProps): IWidget[] {
  const of = { logGroupNames: [logGroup.logGroupName], ...THIRD };
  return [
    new LogQueryWidget({
      ...of,
      title: 'Images that got their thumbnails',
      queryString: CREATED,
      view: LogQueryVisualizationType.BAR,
    }),
    new LogQueryWidget({ ...of, title: 'Outcomes', queryString: LOG_QUERIES.outcomes }),
    new LogQueryWidget({ ...of, title: 'Failures by reason', queryString: LOG_QUERIES.reasons }),
  ];
}

function functionWidgets({ function: fn }: DashboardProps): IWidget[] {
  return [
    new GraphWidget({
      ...THIRD,
      title: 'Duration of a batch, in ms',
      left: [50, 99].map(percentile =>
        fn.metricDuration({ statistic: Stats.percentile(percentile), label: `p${percentile}` }),
      ),
    }),
    new GraphWidget({
      ...THIRD,
      title: 'Functions at once',
      left: [fn.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, label: 'running' })],
    }),
    new GraphWidget({
      ...THIRD,
      title: 'Errors',
      left: [fn.metricErrors({ label: 'errors' }), fn.metricThrottles({ label: 'refused by Lambda' })],
    }),
  ];
}
