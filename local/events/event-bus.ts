/** An event as EventBridge hands it to rules and targets. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly [field: string]: unknown;
}

/** What a rule does with an event. */
type Rule = (event: BusEvent) => void;

/** EventBridge's default event bus. */
export interface EventBus {
  addRule(rule: Rule): void;
  /** Hands an event to all rules, at once. */
  publish(event: BusEvent): void;
}

export function createEventBus(): EventBus {
  const rules: Rule[] = [];
  return {
    addRule: rule => void rules.push(rule),
    publish(event) {
      for (const rule of rules) rule(event);
    },
  };
}
