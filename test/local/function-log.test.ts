import { type Fixture, type FixtureOptions, startFixture } from './fixture';

let fixture: Fixture;
afterEach(() => fixture.stop());

const NAME = '[Fixture-Function] ';
const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** Runs the handler once; what the function wrote, without the name in front. */
async function linesOf(handler: string, options: FixtureOptions): Promise<string[]> {
  fixture = await startFixture({
    notifications: [],
    handler: `record(context.awsRequestId); ${handler}`,
    ...options,
  });
  const { cloud, log } = fixture;
  await cloud.invoke('Fixture-Function', {});
  return log.filter(line => line.startsWith(NAME)).map(line => line.slice(NAME.length));
}

async function eventsOf(handler: string, config: object = {}): Promise<Record<string, unknown>[]> {
  const lines = await linesOf(handler, { function: { LoggingConfig: { LogFormat: 'JSON', ...config } } });
  return lines.filter(line => line.startsWith('{')).map(line => JSON.parse(line));
}

const requestId = () => fixture.records<string>()[0];

test('each method of the console has its level', async () => {
  const methods = ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal'];
  const handler = `for (const method of ${JSON.stringify(methods)}) console[method]('text', method);`;
  const events = await eventsOf(handler, { ApplicationLogLevel: 'TRACE' });
  expect(events).toEqual(
    methods.map(method => ({
      timestamp: TIMESTAMP,
      level: method === 'log' ? 'INFO' : method.toUpperCase(),
      requestId: requestId(),
      message: `text ${method}`,
    })),
  );
});

test.each([
  { config: {}, levels: ['INFO', 'ERROR'] },
  { config: { ApplicationLogLevel: 'DEBUG' }, levels: ['DEBUG', 'INFO', 'ERROR'] },
  { config: { ApplicationLogLevel: 'FATAL' }, levels: [] },
])('events below the level of $config are dropped', async ({ config, levels }) => {
  const events = await eventsOf(`console.debug(1); console.log(2); console.error(3);`, config);
  expect(events.map(({ level }) => level)).toEqual(levels);
});

test('a single value is the message; several are formatted to one text', async () => {
  const events = await eventsOf(`
    const circle = {}; circle.circle = circle;
    console.log({ key: 'a', sizes: [1, 2] });
    console.log('text\\nof two lines');
    console.log('{"not":"parsed"}');
    console.log('%s has %d', 'a', 2, { b: 3 });
    console.log(circle);
    console.log(7);
    console.log(null);`);
  expect(events.map(({ message }) => message)).toEqual([
    { key: 'a', sizes: [1, 2] },
    'text\nof two lines',
    '{"not":"parsed"}',
    'a has 2 { b: 3 }',
    '<ref *1> { circle: [Circular *1] }',
    7,
    null,
  ]);
});

test('an error is logged with type, message and stack, alone or beside a text', async () => {
  const events = await eventsOf(`
    const error = Object.assign(new TypeError('no'), { code: 'E_NO' });
    console.error(error);
    console.error({ cause: error });
    console.error('failed:', error);`);
  const described = {
    errorType: 'TypeError',
    errorMessage: 'no',
    stackTrace: expect.arrayContaining(['TypeError: no']),
  };
  expect(events).toMatchObject([
    { message: { ...described, code: 'E_NO' } },
    { message: { cause: described } },
    { message: expect.stringMatching(/^failed: TypeError: no\n/), ...described },
  ]);
});

test('an error that the handler throws is in the log as an event of the invocation', async () => {
  const events = await eventsOf(`throw new RangeError('too far');`);
  expect(events).toMatchObject([
    { level: 'ERROR', requestId: requestId(), message: { errorType: 'RangeError', errorMessage: 'too far' } },
  ]);
});

test.each([
  {
    ending: 'an exception',
    code: 129,
    handler: `setTimeout(() => { throw new Error('late'); });`,
    message: { errorType: 'Error', errorMessage: 'late' },
  },
  {
    ending: 'a rejection',
    code: 128,
    handler: `Promise.reject(new Error('late'));`,
    message: {
      errorType: 'UnhandledPromiseRejection',
      errorMessage: 'Error: late',
      reason: { errorType: 'Error', errorMessage: 'late' },
    },
  },
])('uncaught: $ending is logged, then the process ends', async ({ code, handler, message }) => {
  const events = await eventsOf(`${handler} await new Promise(() => {});`);
  expect(events).toMatchObject([{ level: 'ERROR', message }]);
  expect(fixture.log).toContain(`${NAME}The process ended by itself (exit code ${code}).`);
});

test('events before the first invocation have no request id', async () => {
  const events = await eventsOf(`console.log('handling'); }; console.log('loading'); {`);
  expect(events).toEqual([
    { timestamp: TIMESTAMP, level: 'INFO', message: 'loading' },
    { timestamp: TIMESTAMP, level: 'INFO', requestId: requestId(), message: 'handling' },
  ]);
});

test('direct writes to stdout and stderr are not wrapped', async () => {
  const lines = await linesOf(`process.stdout.write('plain\\n'); process.stderr.write('also plain\\n');`, {
    function: { LoggingConfig: { LogFormat: 'JSON' } },
  });
  expect(lines.sort()).toEqual(['also plain', 'plain']);
});

test('in the text format a line is time, request, level and text, with tabs between', async () => {
  const lines = await linesOf(`console.log('size', { width: 1 }); console.warn('careful');`, {});
  expect(lines.map(line => line.split('\t'))).toEqual([
    [TIMESTAMP, requestId(), 'INFO', 'size { width: 1 }'],
    [TIMESTAMP, requestId(), 'WARN', 'careful'],
  ]);
});
