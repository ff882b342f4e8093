import { summaryOf } from '../../ops/log-line';

const line = (message: unknown, level = 'INFO') =>
  `[Thumbnailer] ${JSON.stringify({ timestamp: '2026-11-25T10:00:00.000Z', level, requestId: 'id', message })}`;

const rejected = line({
  key: 'a "b".jpg',
  outcome: 'rejected',
  reason: 'damaged',
  detail: 'It ends too early.',
});

test.each([
  [line({ key: 'a.jpg', outcome: 'created', thumbnails: [], milliseconds: { read: 3 } }), 'a.jpg: created'],
  [rejected, 'a "b".jpg: rejected: damaged: It ends too early.'],
  [
    line({ outcome: 'error', messageId: 'id', name: 'TimeoutError', message: 'too slow' }, 'ERROR'),
    'Thumbnailer: error: TimeoutError: too slow',
  ],
  [line({ key: '\u001b[2J.jpg', outcome: 'created' }), '\\x1b[2J.jpg: created'],
  [line({ key: 'miniaturas/a.jpg', outcome: 'skipped', reason: 'lies where thumbnails do' }), undefined],
  [line('started'), '[Thumbnailer] INFO started'],
  [line({ errorType: 'Error' }, 'ERROR'), '[Thumbnailer] ERROR {"errorType":"Error"}'],
  ['[Thumbnailer] {not JSON}', '[Thumbnailer] {not JSON}'],
  ['[Thumbnailer] {"outcome":"without an envelope"}', '[Thumbnailer] {"outcome":"without an envelope"}'],
  ['Not covered by the local cloud: an alarm.', 'Not covered by the local cloud: an alarm.'],
])('a person reads %j as %j', (logged, summary) => {
  expect(summaryOf(logged)).toBe(summary);
});
