import { parentPort } from 'node:worker_threads';
import { type HeicJob, runHeicJob } from './heic-job';
import { createMeanReducer } from './mean-reducer';

/** The thread that decodes HEIC: one job after the other. */
parentPort?.on('message', (job: HeicJob) => {
  const answer = runHeicJob({ startLibheif: require(job.script), createReducer: createMeanReducer }, job);
  parentPort?.postMessage(
    answer,
    answer.kind === 'decoded' ? [answer.raster.samples.buffer as ArrayBuffer] : [],
  );
});
