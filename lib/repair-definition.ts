/** A run is given up after this: a repair of a billion images takes two days. In seconds. */
const MAX_RUN_SECONDS = 7 * 24 * 3600;
/** Above Lambda's own limit, which says more when it is reached. */
const SLICE_TIMEOUT_SECONDS = 16 * 60;

/**
 * The state machine of a repair in Amazon States Language: one slice after the other until one says that it is done; the run's
 * output is the totals. What a slice answers is the next one's input, so a run may be started with where an earlier one stopped.
 *
 * A slice that failed is done again from its beginning: what it had sent is looked at twice, which changes nothing.
 */
export const REPAIR_DEFINITION = {
  Comment: 'Repairs thumbnails, slice by slice',
  QueryLanguage: 'JSONata',
  TimeoutSeconds: MAX_RUN_SECONDS,
  StartAt: 'Slice',
  States: {
    Slice: {
      Type: 'Task',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation puts in what is known at the deployment
      Resource: 'arn:${Partition}:states:::lambda:invoke',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: likewise
      Arguments: { FunctionName: '${Function}', Payload: '{% $states.input %}' },
      Output: '{% $states.result.Payload %}',
      TimeoutSeconds: SLICE_TIMEOUT_SECONDS,
      Retry: [
        {
          // https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
          ErrorEquals: [
            'Lambda.ClientExecutionTimeoutException',
            'Lambda.ServiceException',
            'Lambda.AWSLambdaException',
            'Lambda.SdkClientException',
            'Lambda.TooManyRequestsException',
          ],
          IntervalSeconds: 5,
          MaxAttempts: 6,
          BackoffRate: 2,
          JitterStrategy: 'FULL',
        },
        // What the function threw: S3, SQS or SSM that did not answer, for some minutes at most.
        { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 60, MaxAttempts: 3, BackoffRate: 2 },
      ],
      Next: 'Is it done?',
    },
    'Is it done?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.done %}', Next: 'Summary' }],
      Default: 'Slice',
    },
    Summary: { Type: 'Succeed', Output: '{% $states.input.totals %}' },
  },
} as const;
