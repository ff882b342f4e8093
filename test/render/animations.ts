import sharp from 'sharp';

/** Frames of one colour each. */
export function bytesOfAnimation(format: 'gif' | 'webp', frames = 4): Promise<Buffer> {
  const [width, height] = [300, 200];
  const data = Buffer.concat(
    Array.from({ length: frames }, (_, i) =>
      Buffer.alloc(
        width * height * 3,
        Buffer.from([(i * 60) % 256, Math.floor(i / 4) % 256, 255 - ((i * 60) % 256)]),
      ),
    ),
  );
  return sharp(data, { raw: { width, height: height * frames, channels: 3, pageHeight: height } })
    .toFormat(format, { loop: 2, delay: Array(frames).fill(70) })
    .toBuffer();
}
