import type { Counters } from '../counters';
import type { SqsStore } from '../storage/fauxqs';
import { sendTo } from '../storage/queues';
import type { Resource, Stack } from '../template/stack';
import type { EventBus } from './event-bus';
import { type EventPattern, readEventPattern } from './event-pattern';

/** The part of an `AWS::Events::Rule` that is followed, and what of it is not. */
interface Rule {
  readonly pattern: EventPattern;
  readonly queueArns: readonly string[];
  readonly uncovered: readonly string[];
}

/** Without effect here: an event reaches a queue or its object does not change. */
const TARGET_PROPERTIES_WITHOUT_EFFECT = ['Id', 'Arn', 'DeadLetterConfig', 'RetryPolicy', 'RoleArn'];

/** Starts an `AWS::Events::Rule` of the template: it sends the events that match to its queues. */
export function startRule(
  resource: Resource,
  services: {
    readonly stack: Stack;
    readonly bus: EventBus;
    readonly queues: SqsStore;
    readonly counters: Counters;
  },
): void {
  if (resource.properties.State === 'DISABLED') return;
  const { stack, bus, queues, counters } = services;
  const { pattern, queueArns } = readRule(resource, stack.resources);
  bus.addRule(event => {
    if (!pattern.matches(event)) return;
    for (const arn of queueArns) {
      counters.notifications++;
      sendTo(queues, arn, JSON.stringify(event));
    }
  });
}

/** What of a rule is not covered, and what becomes of it. */
export function uncoveredOfRule(resource: Resource, resources: readonly Resource[]): readonly string[] {
  return readRule(resource, resources).uncovered;
}

function readRule({ properties }: Resource, resources: readonly Resource[]): Rule {
  const { EventBusName = 'default', EventPattern, Targets = [] } = properties;
  const pattern = readEventPattern(EventPattern);
  const isOnBus = EventBusName === 'default';
  const targets = (Targets as readonly Readonly<Record<string, unknown>>[]).map(target =>
    readTarget(target, resources),
  );
  return {
    pattern,
    queueArns: isOnBus ? targets.flatMap(({ queueArn }) => queueArn ?? []) : [],
    uncovered: [
      ...(isOnBus ? [] : [`EventBusName ${EventBusName} (no event reaches the rule)`]),
      // A rule with a schedule alone has none; the schedule is named by the properties that are not followed.
      ...(EventPattern === undefined ? [] : pattern.uncovered).map(what => `${what} (no event matches)`),
      ...targets.flatMap(({ uncovered }) => uncovered),
    ],
  };
}

/** A target that would get something else than the event gets nothing. */
function readTarget(
  target: Readonly<Record<string, unknown>>,
  resources: readonly Resource[],
): { readonly queueArn?: string; readonly uncovered: readonly string[] } {
  const arn = String(target.Arn);
  const isQueue = resources.some(
    ({ type, attributes }) => type === 'AWS::SQS::Queue' && attributes.Arn === arn,
  );
  const unknown = Object.keys(target).filter(name => !TARGET_PROPERTIES_WITHOUT_EFFECT.includes(name));
  const what = isQueue ? unknown : [arn, ...unknown];
  return what.length === 0
    ? { queueArn: arn, uncovered: [] }
    : { uncovered: what.map(one => `target ${target.Id} with ${one} (it gets no event)`) };
}
