import { parentPort, workerData } from 'node:worker_threads';
import { type MagickJob, runMagickJob } from './magick-job';

/** The thread that decodes one image with ImageMagick. */
const job: MagickJob = workerData;

runMagickJob(require(job.script), job).then(answer =>
  parentPort?.postMessage(
    answer,
    answer.kind === 'decoded' ? [answer.raster.samples.buffer as ArrayBuffer] : [],
  ),
);
