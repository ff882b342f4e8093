import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface BrakeProps {
  /** When it is raised, the brake is applied. */
  readonly alarm: Alarm;
  /** What is turned off. */
  readonly eventSource: SqsEventSource;
}

/**
 * Turns the event source mapping off when the app costs too much: nothing more is taken from the queue, where messages are kept
 * for 14 days. `npm run brake -- --release` turns it on again.
 */
export class Brake extends Construct {
  constructor(scope: Construct, id: string, { alarm, eventSource }: BrakeProps) {
    super(scope, id);

    const turnOff = new CallAwsService(this, 'TurnOff', {
      service: 'lambda',
      action: 'updateEventSourceMapping',
      // By the names of the SDK for Java: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
      parameters: { Uuid: eventSource.eventSourceMappingId, Enabled: false },
      iamAction: 'lambda:UpdateEventSourceMapping',
      iamResources: [eventSource.eventSourceMappingArn],
    });
    // Lambda refuses a change while an earlier one (a deployment's) is under way.
    turnOff.addRetry({ maxAttempts: 8 });

    const machine = new StateMachine(this, 'Machine', {
      comment: 'Takes nothing more from the thumbnail queue',
      definitionBody: DefinitionBody.fromChainable(turnOff),
      role: new Role(this, 'MachineRole', { assumedBy: new ServicePrincipal('states.amazonaws.com') }),
    });

    const oneCall = 'It makes one call, which its execution keeps for 90 days, and CloudTrail.';
    acknowledge(machine, {
      'AwsSolutions-SF1': oneCall,
      'AwsSolutions-SF2': oneCall,
      'Serverless-StepFunctionStateMachineXray': oneCall,
    });

    const rule = new Rule(this, 'Rule', {
      description: 'Applies the brake when the app costs too much',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources: [alarm.alarmArn],
        detail: { state: { value: ['ALARM'] } },
      },
      targets: [new SfnStateMachine(machine)],
    });
    acknowledge(rule, {
      'Serverless-EventBusDLQ': 'EventBridge tries for a day, and the alarm tells people as well.',
    });
  }
}
