/** `npm run status`: is it well, and if not, why. */
import { parseArgs } from 'node:util';
import { deploymentOf } from './deployment';
import { run, untilInterrupted } from './run';
import { awsFacts, queueFacts } from './status/collect';
import type { Facts } from './status/facts';
import { type Finding, findingsOf, listed } from './status/findings';
import { findTarget, stackNameOf, TARGET_HELP, TARGET_OPTIONS } from './target';
import { jsonLine, visible } from './visible';

const HELP = `npm run status -- [options]   whether all is well, and why not; exit code 1 if it is not

  --json         one line of JSON: { well, findings, … }
${TARGET_HELP}

The local cloud tells of its queues and failures; its function's errors are in the log of \`npm start\`.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...TARGET_OPTIONS,
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);

  const signal = untilInterrupted();
  const stack = stackNameOf(values.stack);
  const target = await findTarget({ ...values, stack });
  const facts: Facts = {
    name: values.local ? 'The local cloud' : stack,
    ...(await queueFacts(target, signal)),
  };
  const complete = values.local ? facts : await withAws(facts, stack);
  const findings = findingsOf(complete);
  if (values.json) console.log(jsonLine({ well: findings.length === 0, findings, ...complete }));
  else console.log(report(complete, findings).map(visible).join('\n'));
  if (findings.length > 0) process.exitCode ||= 1;
}

async function withAws(facts: Facts, stack: string): Promise<Facts> {
  const deployment = await deploymentOf(stack);
  const { aws, queue } = await awsFacts(deployment);
  return { ...facts, version: deployment.outputs.Version, queue: { ...facts.queue, ...queue }, aws };
}

function report(facts: Facts, findings: readonly Finding[]): string[] {
  const { name, version, queue, failures, aws } = facts;
  const deployed = version === undefined ? '' : `, version ${version}`;
  return [
    `${name}${deployed}: ${findings.length === 0 ? 'all is well.' : 'not well.'}`,
    ...findings.flatMap(({ sentence, entry }) => [`- ${sentence}`, `  docs/runbook.md#${entry}`]),
    '',
    `Queue: ${queue.waiting} waiting, ${queue.inFlight} in flight. Failures kept: ${failures.count}.`,
    ...(aws ? awsLines(aws) : []),
  ];
}

function awsLines({ alarms, function: fn, log }: NonNullable<Facts['aws']>): string[] {
  const partly = log.complete ? '' : ' (the log is long: its beginning only)';
  return [
    `Last hour: ${fn.invocations} invocations; ${listed(log.outcomes) || 'no images'}${partly}.`,
    `Alarms: ${alarms.raised.length} of ${alarms.configured} raised.`,
    ...log.errors.slice(0, 5).map(({ what, count }) => `Error: ${count} × ${what}`),
  ];
}

run(main);
