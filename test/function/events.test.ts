import { isQueueEvent, sourcesOf } from '../../lambda/thumbnail/model/events';

const s3Record = (key: string) => ({
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: 'fotos' }, object: { key } },
});

test.each([
  ['foto.jpg', 'foto.jpg'],
  ['a+b.jpg', 'a b.jpg'],
  ['a%2Bb.jpg', 'a+b.jpg'],
  ['vacaciones/a%C3%B1o+nuevo+%281%29+%2B%C3%B1.JPG', 'vacaciones/año nuevo (1) +ñ.JPG'],
  ['%F0%9F%8E%84.png', '🎄.png'],
  ['100%25.gif', '100%.gif'],
])('the key %s of an event is %s', (encoded, key) => {
  expect(sourcesOf({ Records: [s3Record(encoded)] })).toMatchObject([{ bucket: 'fotos', key }]);
});

test('every record of an event counts, and each can be sent again by itself', () => {
  const records = [s3Record('1.jpg'), s3Record('2.jpg'), s3Record('3.jpg')];
  const sources = sourcesOf({ Records: records });
  expect(sources.map(({ key }) => key)).toEqual(['1.jpg', '2.jpg', '3.jpg']);
  for (const source of sources) expect(sourcesOf(source.event)).toEqual([source]);
});

test('the test event that S3 sends on setup names no source', () => {
  const event = {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: '2026-11-21T00:00:00.000Z',
    Bucket: 'fotos',
  };
  expect(sourcesOf(event)).toEqual([]);
});

test('an event of EventBridge names its source as it is, not encoded', () => {
  const event = {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: 'fotos' }, object: { key: 'a+b %2B ñ 🎄.jpg', size: 5 } },
  };
  const [source] = sourcesOf(event);
  expect(source).toEqual({ bucket: 'fotos', key: 'a+b %2B ñ 🎄.jpg', size: 5, isRemoval: false, event });
  expect(sourcesOf(source?.event)).toEqual([source]);
  expect(sourcesOf({ ...event, 'detail-type': 'Object Deleted' })).toMatchObject([{ isRemoval: true }]);
});

test.each([
  ['ObjectCreated:Put', false],
  ['ObjectRemoved:Delete', true],
  ['ObjectRemoved:DeleteMarkerCreated', true],
  ['LifecycleExpiration:Delete', true],
  [undefined, false],
])('%s tells of a removal: %s', (eventName, isRemoval) => {
  expect(sourcesOf({ Records: [{ ...s3Record('a.jpg'), eventName }] })).toMatchObject([{ isRemoval }]);
});

test.each([[null], ['hello'], [{}], [{ Records: [{}] }], [{ Records: 3 }]])(
  '%j is refused with what was expected',
  event => {
    expect(() => sourcesOf(event)).toThrow(
      /^Expected an S3 event \(Records of s3.bucket and s3.object, or detail.bucket and detail.object from EventBridge\) but received /,
    );
  },
);

test('only a batch of queue messages wants an answer for each message', () => {
  const message = { messageId: '1', body: '{}' } as never;
  expect(isQueueEvent({ Records: [message] })).toBe(true);
  expect(isQueueEvent({ Records: [s3Record('1.jpg')] } as never)).toBe(false);
  expect(isQueueEvent({ Event: 's3:TestEvent' })).toBe(false);
});
