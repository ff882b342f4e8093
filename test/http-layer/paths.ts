import { join } from 'node:path';

/** The example app. */
export const HTTP_LAYER = join(__dirname, '../../examples/http-layer');

/** The folder of its layers. */
export const HTTP_LAYERS = join(HTTP_LAYER, 'layers');
