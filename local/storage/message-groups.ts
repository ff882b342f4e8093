import type { SqsMessage } from './fauxqs';
import type { Refusal } from './refusals';

/** An entry of a request that sends messages. */
interface Entry {
  MessageGroupId?: unknown;
  MessageAttributes?: object;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const GROUP_ID = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

/**
 * fauxqs drops the group of a message that is sent to a standard queue. It hands the attributes of an entry on as the
 * same object, which thus leads from the message back to its group.
 */
const groups = new WeakMap<object, string>();

/**
 * Notes the groups in the body of SendMessage or SendMessageBatch.
 *
 * @returns a refusal if one of them is no name of a group
 */
export function noteGroups(body: Entry & { readonly Entries?: unknown }): Refusal | undefined {
  const entries: readonly unknown[] = Array.isArray(body.Entries) ? body.Entries : [body];
  for (const entry of entries.filter(isEntry)) {
    const { MessageGroupId: group } = entry;
    if (typeof group !== 'string' || !GROUP_ID.test(group)) return NO_GROUP;
    entry.MessageAttributes ??= {};
    groups.set(entry.MessageAttributes, group);
  }
  return undefined;
}

/** Gives a message the group that it was sent with, if any. */
export function addGroup(message: SqsMessage): void {
  const group = message.messageGroupId ?? groups.get(message.messageAttributes);
  if (group !== undefined) message.messageGroupId = group;
}

function isEntry(value: unknown): value is Entry {
  return (value as Entry | null)?.MessageGroupId !== undefined;
}

const NO_GROUP: Refusal = {
  status: 400,
  code: 'InvalidParameterValue',
  sentence: 'The MessageGroupId must have 1 to 128 characters: letters, digits and punctuation.',
};
