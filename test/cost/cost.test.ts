import { ASSUMED, cost, idleMonth, megabytesOf, usage, type Workload } from '../../lib/cost/cost';

const WORK: Workload = {
  ...ASSUMED,
  variants: 1,
  announced: 1,
  eventBridge: false,
  largestPx: 200,
  architecture: 'arm64',
  memoryMiB: 1769,
  batchSize: 10,
};

const costOf = (work: Partial<Workload>) => cost(usage({ ...WORK, ...work }), { ...WORK, ...work });

test('counts the requests that a million images make', () => {
  const { s3, sqs } = costOf({});
  // One write at $5, two looks at $0.40 a million.
  expect(s3).toBeCloseTo(5.8);
  // Image and thumbnail are announced; each is sent alone, and received and deleted with nine others.
  expect(sqs).toBeCloseTo(2 * 1.2 * 0.4);
});

test('a thumbnail that replaces another takes a refused write and a look more', () => {
  expect(costOf({ replaced: 1 }).s3 - costOf({}).s3).toBeCloseTo(5.4);
  expect(costOf({ replaced: 0.5, variants: 2 }).s3 - costOf({ variants: 2 }).s3).toBeCloseTo(5.4);
});

test('a variant with its own suffix is not announced', () => {
  expect(costOf({ announced: 0 }).sqs).toBeCloseTo(1.2 * 0.4);
});

test('EventBridge is paid for each object that S3 tells it of', () => {
  expect(costOf({}).eventBridge).toBe(0);
  const { eventBridge, total } = costOf({ eventBridge: true, variants: 3 });
  expect(eventBridge).toBeCloseTo(4);
  expect(total - costOf({ variants: 3 }).total).toBeCloseTo(4);
});

test("Lambda's part is billed time, INIT and requests", () => {
  // One CPU: 37.8 ms for a JPEG and a tenth of 93 ms of waiting; 2 invocations in ten, of which 1 % take 148 ms more.
  const seconds = 0.0378 + 0.0093 + 0.2 * 0.01 * 0.148;
  const expected = 1e6 * (seconds * (1769 / 1024) * 0.0000133334 + 0.2 * 0.2e-6);
  expect(costOf({}).lambda).toBeCloseTo(expected, 6);
});

test('INIT is billed for cold starts only, and takes longer on less than one CPU', () => {
  expect(usage({ ...WORK, coldStarts: 0 }).initMs).toBe(0);
  expect(usage({ ...WORK, coldStarts: 1 }).initMs).toBeCloseTo(0.2 * 148);
  expect(usage({ ...WORK, coldStarts: 1, memoryMiB: 1769 / 2 }).initMs).toBeCloseTo(0.2 * 148 * 2);
  expect(usage({ ...WORK, coldStarts: 1, memoryMiB: 1769 * 2 }).initMs).toBeCloseTo(0.2 * 148);
});

test('a mix takes the time of its formats by their shares', () => {
  const billed = (mix: Workload['mix']) => usage({ ...WORK, mix }).billedMs;
  const mixed = billed({ heic: 0.6, jpeg: 0.4 });
  expect(mixed).toBeCloseTo(0.6 * billed({ heic: 1 }) + 0.4 * billed({ jpeg: 1 }));
  expect(mixed).toBeGreaterThan(billed({ jpeg: 1 }));
  expect(megabytesOf({ heic: 0.6, jpeg: 0.4 })).toBeCloseTo(0.6 * 2 + 0.4 * 2.6);
});

test('the mean size scales the time; that of the measured images changes nothing', () => {
  const waiting = 9.3;
  const measured = usage(WORK).billedMs;
  expect(usage({ ...WORK, meanMB: 2.6 }).billedMs).toBeCloseTo(measured);
  expect(usage({ ...WORK, meanMB: 5.2 }).billedMs - waiting).toBeCloseTo(2 * (measured - waiting));
});

test('four variants take 1.26 times the rendering of the largest', () => {
  const alone = usage({ ...WORK, largestPx: 1600 }).billedMs;
  const four = usage({ ...WORK, largestPx: 1600, variants: 4 }).billedMs;
  expect(four - alone).toBeCloseTo(0.26 * 102);
  expect(alone - usage(WORK).billedMs).toBeCloseTo(102 - 33.4);
});

test('adds up, and costs more with more memory, variants, pixels and bytes', () => {
  const { lambda, s3, sqs, logs, total } = costOf({});
  expect(total).toBeCloseTo(lambda + s3 + sqs + logs);
  for (const more of [
    { memoryMiB: 3008 },
    { variants: 2 },
    { largestPx: 400 },
    { meanMB: 5 },
    { architecture: 'x86_64' as const },
    { coldStarts: 0.5 },
  ]) {
    expect(costOf(more).total).toBeGreaterThan(total);
  }
  expect(costOf({ batchSize: 40 }).lambda).toBeLessThan(lambda);
});

test('an empty queue is asked all month, 5 polls every 20 s, and CloudWatch watches', () => {
  const { requests, polls, alarms, dashboards, total } = idleMonth({ alarms: 7, dashboards: 1 });
  expect(requests).toBe(5 * 3 * 60 * 24 * 30);
  expect(polls).toBeCloseTo(0.2592);
  expect(alarms).toBeCloseTo(0.7);
  expect(dashboards).toBe(3);
  expect(total).toBeCloseTo(3.9592);
  expect(idleMonth({ alarms: 0, dashboards: 0 }).total).toBe(polls);
});
