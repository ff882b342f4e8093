import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import type { SpendLimit } from './cost/spend';
import type { ThumbnailQueue } from './thumbnail-queue';

export interface AlarmsProps {
  readonly queues: ThumbnailQueue;
  readonly function: LambdaFunction;
  /** The function's time for one batch. */
  readonly timeout: Duration;
  readonly spendLimit: SpendLimit;
  /** Who is told by e-mail; AWS asks them to confirm first. @default nobody */
  readonly email?: string | undefined;
  /** A topic that is there already, in place of one of the stack's own. */
  readonly topicArn?: string | undefined;
  /** Encrypts a topic of the stack's own. @default none */
  readonly key?: IKey | undefined;
  /** The state machine of the repairs. @default there are none */
  readonly repair?: StateMachine | undefined;
}

/** What is watched, and where docs/runbook.md says what to do about it. */
interface Watched {
  /** A heading of docs/runbook.md, as an anchor. */
  readonly entry: string;
  /** What has happened, for who is woken by it. */
  readonly sentence: string;
  readonly metric: IMetric;
  /** The alarm is raised above it. */
  readonly threshold: number;
  /** Periods of the metric that are looked at. @default 1 */
  readonly periods?: number;
  /** Of those, how many must be above the threshold. @default all */
  readonly above?: number;
}

/** SQS and Lambda report each minute; five of them are looked at as one. */
const PERIOD = Duration.minutes(5);
/** A single failed invocation is tried again: an alarm is for what stays. */
const TWICE_OF_THREE = { periods: 3, above: 2 };
/** Hours in a row that must be too expensive: a backfill of a million images is over before. */
const EXPENSIVE_HOURS = 3;
const BACKLOG_HOURS = 12;

/** Alarms from metrics that AWS makes anyway, and the topic that they tell. */
export class Alarms extends Construct {
  readonly topic: ITopic;
  /** Raised when the app has cost too much for some hours. */
  readonly spend: Alarm;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.topic = this.topicOf(props);
    this.watchQueues(props);
    this.watchFunction(props);
    this.spend = this.watchSpend(props);
    if (props.repair) this.watchRepair(props.repair);
  }

  private topicOf({ topicArn, email, key }: AlarmsProps): ITopic {
    if (topicArn !== undefined) return Topic.fromTopicArn(this, 'Topic', topicArn);
    const topic = new Topic(this, 'Topic', {
      displayName: 'Miniaturas',
      enforceSSL: true,
      // CloudWatch may not use the key that AWS manages for SNS. Alarms name no image.
      ...(key && { masterKey: key }),
    });
    // A topic without a policy takes what comes from its account; this one has a policy, for TLS, that must say so.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    if (email !== undefined) {
      topic.addSubscription(new EmailSubscription(email));
      acknowledge(topic, {
        'Serverless-SNSRedrivePolicy':
          'An alarm stays raised in CloudWatch, and in npm run status, whoever misses the mail.',
      });
    }
    return topic;
  }

  private watchQueues({ queues: { queue, deadLetterQueue }, timeout }: AlarmsProps): void {
    this.add('Failures', {
      entry: 'images-without-a-thumbnail',
      sentence: 'Images have failed for good and are kept in the dead-letter queue.',
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      threshold: 0,
    });
    const minutes = oldestMinutes(timeout);
    this.add('OldMessages', {
      entry: 'messages-wait-too-long',
      sentence: `An upload has waited for its thumbnail for more than ${minutes} minutes.`,
      // Without the messages of a backfill: those share a group, which is noisy; a message without one is a quiet group.
      // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html
      metric: queue.metric('ApproximateAgeOfOldestMessageInQuietGroups', {
        statistic: Stats.MAXIMUM,
        period: PERIOD,
      }),
      threshold: 60 * minutes,
    });
    this.add('Backlog', {
      entry: 'messages-wait-too-long',
      sentence: `A message has waited for more than ${BACKLOG_HOURS} hours, longer than those of a backfill.`,
      metric: queue.metricApproximateAgeOfOldestMessage({ period: PERIOD }),
      threshold: BACKLOG_HOURS * 3600,
    });
  }

  private watchFunction({ function: fn, timeout }: AlarmsProps): void {
    this.add('Errors', {
      entry: 'the-function-fails',
      sentence:
        'The function ends in an error again and again; the images are tried again, five times in all.',
      metric: fn.metricErrors({ period: PERIOD }),
      threshold: 0,
      ...TWICE_OF_THREE,
    });
    this.add('Throttles', {
      entry: 'lambda-holds-the-function-back',
      sentence: 'Lambda refuses to run the function: the account runs as many at once as it may.',
      metric: fn.metricThrottles({ period: PERIOD }),
      threshold: 0,
      ...TWICE_OF_THREE,
    });
    this.add('Slow', {
      entry: 'batches-take-almost-all-of-their-time',
      sentence: `One batch in a hundred takes more than 80 % of the ${timeout.toSeconds()} s that it has.`,
      metric: fn.metricDuration({ period: PERIOD, statistic: Stats.percentile(99) }),
      threshold: 0.8 * timeout.toMilliseconds(),
      ...TWICE_OF_THREE,
    });
  }

  private watchSpend({ function: fn, spendLimit: { dollarsAnHour, busyMs } }: AlarmsProps): Alarm {
    return this.add('Spend', {
      entry: 'it-costs-too-much',
      sentence: `For ${EXPENSIVE_HOURS} hours each has cost more than about $${dollarsAnHour.toFixed(2)}.`,
      metric: fn.metricDuration({ period: Duration.hours(1), statistic: Stats.SUM }),
      threshold: busyMs,
      periods: EXPENSIVE_HOURS,
    });
  }

  private watchRepair(machine: StateMachine): void {
    this.add('Repair', {
      entry: 'the-repair-failed',
      sentence: 'A repair did not finish: what it had not come to stays as it is until the next one.',
      metric: machine.metricFailed({ period: PERIOD }),
      threshold: 0,
    });
  }

  private add(
    id: string,
    { entry, sentence, metric, threshold, periods = 1, above = periods }: Watched,
  ): Alarm {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${sentence} What to do: docs/runbook.md#${entry}`,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: above,
      // No messages, no invocations: all is well.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const tell = new SnsAction(this.topic);
    alarm.addAlarmAction(tell);
    alarm.addOkAction(tell);
    return alarm;
  }
}

/**
 * How old a message may get, in minutes: it waits six times the function's timeout after each try that failed, and after the
 * third SQS does not count it any more.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
function oldestMinutes(timeout: Duration): number {
  return Math.max(15, Math.ceil((3 * 6 * timeout.toSeconds()) / 60));
}
