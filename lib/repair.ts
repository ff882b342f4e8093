import { Aws, Duration, TimeZone } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Architecture, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { REPAIR_ENVIRONMENT } from '../lambda/repair/model/environment';
import type { Settings } from '../lambda/thumbnail/model/settings';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import { functionCode } from './bundle/function-code';
import type { Config } from './config/config';
import { REPAIR } from './cost/repair';
import { loggedFunction } from './logged-function';
import { REPAIR_DEFINITION } from './repair-definition';
import type { ThumbnailQueue } from './thumbnail-queue';

export interface RepairProps {
  readonly bucket: IBucket;
  readonly queues: ThumbnailQueue;
  /** Encrypts the log, and what is in the queues. @default keys of AWS's */
  readonly key?: IKey | undefined;
  /** What the thumbnail function does. */
  readonly settings: Settings;
  /** Holds the recipe, and its versions the recipes before. */
  readonly recipe: StringParameter;
  readonly architecture: Architecture;
  /** When it runs, and how much it may send. */
  readonly repair: NonNullable<Config['repair']>;
}

/** Lambda's longest time limit: above a slice's, so that what is in flight and a throttled send fit between. */
const TIMEOUT = Duration.minutes(15);

/**
 * Runs by a schedule in which the sources that lack a thumbnail, or have an older one, are sent to the queue once more, and
 * thumbnails without a source too. A state machine loops one function over slices of the listings.
 *
 * The function can neither write nor delete objects: what it finds is the thumbnail function's to mend.
 */
export class Repair extends Construct {
  readonly function: LambdaFunction;
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: RepairProps) {
    super(scope, id);
    this.function = this.slice(props);
    this.stateMachine = this.loop(this.function);
    const { schedule, timeZone = 'UTC' } = props.repair;
    // No dead-letter queue: all that a lost start says is "begin", and the next night says it too.
    new Schedule(this, 'Schedule', {
      description: 'Starts a repair of the thumbnails',
      schedule: ScheduleExpression.expression(schedule, TimeZone.of(timeZone)),
      target: new StepFunctionsStartExecution(this.stateMachine, {
        input: ScheduleTargetInput.fromObject({}),
      }),
    });
  }

  private slice({
    bucket,
    queues,
    key,
    settings,
    recipe,
    architecture,
    repair,
  }: RepairProps): LambdaFunction {
    const { queue, deadLetterQueue } = queues;
    const { fn: slice, role } = loggedFunction(this, {
      key,
      description: 'Sends sources without their thumbnails to the queue, a slice of the bucket at a time',
      code: functionCode('repair'),
      architecture,
      memorySize: REPAIR.memoryMiB,
      timeout: TIMEOUT,
      environment: {
        [REPAIR_ENVIRONMENT.settings]: JSON.stringify(settings),
        [REPAIR_ENVIRONMENT.bucket]: bucket.bucketName,
        [REPAIR_ENVIRONMENT.queueUrl]: queue.queueUrl,
        [REPAIR_ENVIRONMENT.deadLetterQueueUrl]: deadLetterQueue.queueUrl,
        [REPAIR_ENVIRONMENT.recipeParameter]: recipe.parameterName,
        [REPAIR_ENVIRONMENT.sliceSeconds]: `${REPAIR.sliceSeconds}`,
        [REPAIR_ENVIRONMENT.maxSources]: `${repair.maxSources}`,
      },
    });
    const prefixes = new Set(settings.variants.map(({ prefix }) => prefix));
    const thumbnails = [...prefixes].map(prefix => bucket.arnForObjects(`${prefix}*`));
    const rights: readonly (readonly [actions: readonly string[], resources: readonly string[]])[] = [
      [['s3:ListBucket'], [bucket.bucketArn]],
      // HEAD of thumbnails, whose metadata names the source's ETag. Nothing here ever reads a source.
      [['s3:GetObject'], thumbnails],
      [['sqs:SendMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]],
      [
        ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        [deadLetterQueue.queueArn],
      ],
      [['ssm:GetParameterHistory'], [recipe.parameterArn]],
    ];
    for (const [actions, resources] of rights) {
      slice.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    }
    for (const one of new Set([bucket.encryptionKey, key]))
      one?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
    acknowledgeWildcards(role, thumbnails, 'Thumbnails lie anywhere below the folders of their variants.');
    acknowledge(slice, {
      'Serverless-LambdaDLQ': 'The state machine calls it and waits for its answer.',
      'Serverless-LambdaTracing':
        'X-Ray would need a right on every resource; the log has a line for each slice.',
    });
    return slice;
  }

  private loop(slice: LambdaFunction): StateMachine {
    const role = new Role(this, 'LoopRole', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    // CDK's own task would allow all versions of the function as well.
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [slice.functionArn] }),
    );
    const loop = new StateMachine(this, 'StateMachine', {
      comment: 'Repairs thumbnails, slice by slice',
      definitionBody: DefinitionBody.fromString(JSON.stringify(REPAIR_DEFINITION)),
      definitionSubstitutions: {
        Invoke: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
        Function: slice.functionArn,
      },
      role,
    });
    const inHistory =
      'An execution keeps its history for 90 days, and its output is the summary; the function logs each slice.';
    acknowledge(loop, {
      'AwsSolutions-SF1': inHistory,
      'AwsSolutions-SF2': inHistory,
      'Serverless-StepFunctionStateMachineXray': inHistory,
    });
    return loop;
  }
}
