/** What the worker gets, and what it answers. */
export interface MagickJob {
  /** Absolute path of the package's CommonJS script. */
  readonly script: string;
  /** Its WebAssembly, compiled. */
  readonly module: object;
  readonly source: Uint8Array;
  /** ImageMagick's name of the one coder that may run. */
  readonly format: string;
  readonly maxPixels: number;
  readonly maxBytes: number;
  readonly maxSeconds: number;
}

export type MagickAnswer =
  | { readonly kind: 'decoded'; readonly tiff: Uint8Array; readonly warnings: number }
  | { readonly kind: 'too large'; readonly width: number; readonly height: number }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Rewrites an image as an uncompressed TIFF, upright or with its orientation, profile and alpha kept, so that colour and
 * size are sharp's work whoever decoded. Runs in a worker that gets this function as text: it may use nothing from
 * outside but its arguments, and name no function inside: esbuild's keepNames would put calls of its own helper there.
 */
export async function runMagickJob(
  magick: typeof import('@imagemagick/magick-wasm'),
  job: MagickJob,
): Promise<MagickAnswer> {
  try {
    await magick.initializeImageMagick(job.module as Parameters<typeof magick.initializeImageMagick>[0]);
    const { ResourceLimits } = magick;
    // Beyond the area and the memory, ImageMagick would go on in a file; it has none here.
    ResourceLimits.disk = 0n;
    ResourceLimits.area = BigInt(job.maxPixels);
    ResourceLimits.memory = BigInt(job.maxBytes);
    ResourceLimits.maxMemoryRequest = BigInt(job.maxBytes);
    ResourceLimits.listLength = 64n;
    ResourceLimits.time = BigInt(job.maxSeconds);

    const settings = new magick.MagickReadSettings({
      format: job.format as import('@imagemagick/magick-wasm').MagickFormat,
      frameIndex: 0,
      frameCount: 1,
    });
    try {
      const { width, height } = magick.MagickImageInfo.create(job.source, settings);
      if (width * height > job.maxPixels) return { kind: 'too large', width, height };
    } catch {
      // What cannot be pinged may still decode, within the limits above.
    }

    const image = magick.MagickImage.create();
    let warnings = 0;
    // Warnings are damage that ImageMagick went past; only errors leave no picture.
    image.onWarning = () => {
      warnings += 1;
    };
    let failure = '';
    try {
      image.read(job.source, settings);
    } catch (error) {
      failure = (error as Error).message;
    }
    if (image.width === 0 || image.height === 0)
      return { kind: 'failed', message: failure || 'no picture in it' };
    if (failure !== '') warnings += 1;
    if (image.width * image.height > job.maxPixels) {
      return { kind: 'too large', width: image.width, height: image.height };
    }

    const { ColorSpace } = magick;
    const kept: readonly number[] = [ColorSpace.sRGB, ColorSpace.Gray, ColorSpace.CMYK, ColorSpace.Lab];
    // A float format (OpenEXR, Radiance, FITS) is in linear light, which TIFF cannot say.
    if (!kept.includes(image.colorSpace)) image.colorSpace = ColorSpace.sRGB;
    for (const name of image.profileNames) if (name !== 'icc') image.removeProfile(name);
    image.settings.compression = magick.CompressionMethod.NoCompression;
    const tiff = image.write(magick.MagickFormat.Tiff, data => Uint8Array.from(data));
    return { kind: 'decoded', tiff, warnings };
  } catch (error) {
    return { kind: 'failed', message: (error as Error).message };
  }
}
