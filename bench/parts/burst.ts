import { join } from 'node:path';
import { sqsEvent } from '../events';
import { ourFunction } from '../functions';
import { startFunction } from '../invokable';
import { cpuMsOf, residentMiB } from '../measure';
import type { Part, Table } from '../part';
import { HERE, startS3 } from '../s3';

const BATCH = 10;

/** Images a second of one function on one CPU over many images, and its memory meanwhile. S3 is as near as it can be. */
export const burst: Part = {
  name: 'burst',
  async run({ photos, quick, work }) {
    const images = quick ? 200 : 2000;
    const s3 = await startS3(photos, HERE);
    const running = startFunction((await ourFunction(join(work, 'burst')))(s3.url));
    const rows: Table['rows'][number][] = [];
    const every = images / 10;
    let [since, cpu] = [performance.now(), cpuMsOf(running.id)];
    for (let done = 0; done < images; ) {
      await running.invoke(
        sqsEvent(Array.from({ length: BATCH }, (_, i) => photos[(done + i) % photos.length] ?? '')),
      );
      done += BATCH;
      if (done % every > 0) continue;
      const [now, cpuNow] = [performance.now(), cpuMsOf(running.id)];
      const [perSecond, cpuMs] = [(every * 1000) / (now - since), (cpuNow - cpu) / every];
      rows.push([done, perSecond, cpuMs, (perSecond * cpuMs) / 1000, residentMiB(running.id)]);
      [since, cpu] = [now, cpuNow];
    }
    await s3.expectWritten(images);
    await running.stop();
    s3.stop();
    return [
      {
        title: `A burst of ${images} photos, one CPU`,
        columns: ['photos', 'a second', 'ms CPU each', 'share of the CPU', 'MiB'],
        rows,
        notes: [
          'S3 on loopback as fast as it goes, in another process. Batches of 10, one after the other, as Lambda hands them to one environment.',
        ],
      },
    ];
  },
};
