/** `npm run backfill`: makes the thumbnails that a bucket lacks. */
import { backfill } from './backfill/backfill';
import { findInstallation } from './backfill/installation';
import { HELP, parseOptions } from './backfill/options';
import { run, untilInterrupted } from './run';
import { jsonLine } from './visible';

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return console.log(HELP);
  const signal = untilInterrupted();
  const installation = await findInstallation(options);
  const say = options.json ? console.error : console.log;
  const result = await backfill({ installation, options, signal, say });
  if (options.json) console.log(jsonLine(result));
  if (!result.complete) process.exitCode ||= 1;
}

run(main);
