import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Deployment } from '../deployment';
import { holdAll } from '../hold';
import { isOn, mappingState } from '../mapping';
import { countsOf, type Queues } from '../queues';
import { type AwsFacts, countsIn, type Facts } from './facts';
import { readLog } from './log';

/** Failures that are read at most: to hold 1,000 takes a few seconds. */
const MOST_FAILURES = 1000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What the queues say, here and on AWS. */
export async function queueFacts(
  queues: Queues,
  signal: AbortSignal,
): Promise<Pick<Facts, 'queue' | 'failures'>> {
  const { visible: waiting, inFlight } = await countsOf(queues.sqs, queues.queueUrl);
  const hold = await holdAll(queues, { most: MOST_FAILURES, signal });
  await hold.release();
  const read = hold.deadLetters.length;
  const count = Math.max(read, hold.before.visible) + hold.before.inFlight;
  const reasons = countsIn(hold.deadLetters.map(({ reason }) => reason));
  return { queue: { waiting, inFlight }, failures: { count, reasons, read } };
}

/** What only AWS knows: alarms, metrics, the log, whether messages are taken. */
export async function awsFacts({ outputs, alarmNames, mappingId }: Deployment): Promise<{
  readonly aws: AwsFacts;
  readonly queue: Pick<Facts['queue'], 'oldestSeconds' | 'waitingBefore'>;
}> {
  const since = Date.now() - HOUR;
  const { FunctionName = '', LogGroupName: group = '', QueueUrl = '' } = outputs;
  const [state, raised, metrics, log] = await Promise.all([
    mappingState(new LambdaClient({}), mappingId),
    raisedAlarms(alarmNames),
    metricsOf({ functionName: FunctionName, queueName: QueueUrl.split('/').at(-1) ?? '' }),
    readLog(new CloudWatchLogsClient({}), { group, since }),
  ]);
  const { invocations = 0, errors = 0, throttles = 0, oldest, before } = metrics;
  return {
    aws: {
      takesMessages: isOn(state),
      alarms: { configured: alarmNames.length, raised },
      function: { invocations, errors, throttles },
      log,
    },
    queue: { oldestSeconds: oldest, waitingBefore: before },
  };
}

async function raisedAlarms(names: readonly string[]): Promise<AwsFacts['alarms']['raised']> {
  if (names.length === 0) return [];
  const { MetricAlarms = [] } = await new CloudWatchClient({}).send(
    new DescribeAlarmsCommand({ AlarmNames: [...names], StateValue: 'ALARM' }),
  );
  return MetricAlarms.map(({ AlarmName, AlarmDescription = AlarmName ?? '', StateUpdatedTimestamp }) => ({
    description: AlarmDescription,
    since: StateUpdatedTimestamp,
  }));
}

/** One figure each; undefined where CloudWatch has none: SQS says nothing of a queue that has been idle. */
async function metricsOf(names: {
  readonly functionName: string;
  readonly queueName: string;
}): Promise<Partial<Record<'invocations' | 'errors' | 'throttles' | 'oldest' | 'before', number>>> {
  const lambda = {
    Namespace: 'AWS/Lambda',
    Dimensions: [{ Name: 'FunctionName', Value: names.functionName }],
  };
  const sqs = { Namespace: 'AWS/SQS', Dimensions: [{ Name: 'QueueName', Value: names.queueName }] };
  const now = Date.now();
  const data = async (
    from: number,
    to: number,
    queries: readonly (readonly [id: string, metric: object, stat: string])[],
  ) => {
    const { MetricDataResults = [] } = await new CloudWatchClient({}).send(
      new GetMetricDataCommand({
        StartTime: new Date(from),
        EndTime: new Date(to),
        MetricDataQueries: queries.map(([Id, Metric, Stat]) => ({
          Id,
          MetricStat: { Metric, Stat, Period: 300 },
        })),
      }),
    );
    return new Map(MetricDataResults.map(({ Id, Values = [] }) => [Id, Values]));
  };
  const sum = (values: readonly number[] = []) => values.reduce((total, value) => total + value, 0);
  const [hour, recent, before] = await Promise.all([
    data(now - HOUR, now, [
      ['invocations', { ...lambda, MetricName: 'Invocations' }, 'Sum'],
      ['errors', { ...lambda, MetricName: 'Errors' }, 'Sum'],
      ['throttles', { ...lambda, MetricName: 'Throttles' }, 'Sum'],
    ]),
    data(now - 15 * MINUTE, now, [
      ['oldest', { ...sqs, MetricName: 'ApproximateAgeOfOldestMessage' }, 'Maximum'],
    ]),
    data(now - HOUR - 15 * MINUTE, now - HOUR, [
      ['before', { ...sqs, MetricName: 'ApproximateNumberOfMessagesVisible' }, 'Maximum'],
    ]),
  ]);
  // The newest comes first.
  const [oldest] = recent.get('oldest') ?? [];
  const [visible] = before.get('before') ?? [];
  return {
    invocations: sum(hour.get('invocations')),
    errors: sum(hour.get('errors')),
    throttles: sum(hour.get('throttles')),
    ...(oldest !== undefined && { oldest }),
    ...(visible !== undefined && { before: visible }),
  };
}
