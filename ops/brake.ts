/** `npm run brake`: whether the function gets images, and turns that off and on. */
import { parseArgs } from 'node:util';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { deploymentOf } from './deployment';
import { isOn, mappingState, turn } from './mapping';
import { countsOf } from './queues';
import { run, untilInterrupted } from './run';
import { stackNameOf } from './target';
import { UsageError } from './usage-error';
import { jsonLine } from './visible';

const HELP = `npm run brake -- [options]   whether the function gets images, and how many wait

  --apply        gives it no more; uploads wait in the queue, for 14 days at most
  --release      gives it what waits, and what comes
  --json         one line of JSON
  --stack NAME   the stack on AWS (default: stackName of cdk.json; credentials and region as for the AWS CLI)

The setting alarms.brake applies it by itself when the app costs too much; it is released by this command only.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      apply: { type: 'boolean', default: false },
      release: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      stack: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const { apply, release, json } = values;
  if (apply && release) throw new UsageError('Expected one of --apply and --release but received both.');

  const signal = untilInterrupted();
  const stack = stackNameOf(values.stack);
  const { mappingId, outputs } = await deploymentOf(stack);
  const lambda = new LambdaClient({});
  const before = isOn(await mappingState(lambda, mappingId));
  const { visible, inFlight } = await countsOf(new SQSClient({}), outputs.QueueUrl as string);
  const waiting = visible + inFlight;
  const wanted = apply ? false : release ? true : before;
  if (wanted !== before) await turn(lambda, mappingId, { on: wanted, signal });
  console.log(json ? jsonLine({ applied: !wanted, waiting }) : sentence({ before, wanted, waiting }));
}

function sentence(now: {
  readonly before: boolean;
  readonly wanted: boolean;
  readonly waiting: number;
}): string {
  const { before, wanted, waiting } = now;
  const kept = waiting === 1 ? '1 message was kept waiting' : `${waiting} messages were kept waiting`;
  const wait = waiting === 1 ? '1 message waits' : `${waiting} messages wait`;
  if (wanted && !before)
    return `Released: the function gets images again. ${kept} in the queue; none was lost.`;
  if (wanted)
    return `The brake is off: the function gets images as they come. ${wait} or are being worked on.`;
  return `${before ? 'Applied' : 'The brake is on'}: the function gets no images. ${wait} in the queue, for 14 days at most. To go on: npm run brake -- --release`;
}

run(main);
