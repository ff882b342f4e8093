import { limitsFor } from '../../lambda/thumbnail/model/limits';
import type { Rejected, Rendered, Rendering } from '../../lambda/thumbnail/model/rendering';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import type { RenderOptions } from '../../lambda/thumbnail/render/render';
import { render } from '../../lambda/thumbnail/render/render';
import { variant } from '../support/variant';

export { variant };

export const OPTIONS: RenderOptions = {
  limits: limitsFor(1769, 60),
  otherFormats: true,
  gamut: 'srgb',
  keepCopyright: false,
};

/** Renders one variant of a source that must be rendered. */
export async function renderOne(
  source: Uint8Array,
  changes: Partial<Variant> = {},
  options: Partial<RenderOptions> = {},
): Promise<Rendered & { bytes: Uint8Array; contentType: string; size: [number, number] }> {
  const rendering = rendered(await render(source, [variant(changes)], { ...OPTIONS, ...options }));
  const [thumbnail] = rendering.thumbnails;
  if (thumbnail === undefined) throw new Error('no thumbnail');
  const { bytes, contentType, width, height } = thumbnail;
  return { ...rendering, bytes, contentType, size: [width, height] };
}

/** Renders a source that must be rejected. */
export async function reject(source: Uint8Array, options: Partial<RenderOptions> = {}): Promise<Rejected> {
  const rendering = await render(source, [variant()], { ...OPTIONS, ...options });
  if (rendering.kind !== 'rejected') throw new Error(`rendered by ${rendering.decoder}`);
  return rendering;
}

function rendered(rendering: Rendering): Rendered {
  if (rendering.kind !== 'rendered') throw new Error(`${rendering.reason}: ${rendering.detail}`);
  return rendering;
}
