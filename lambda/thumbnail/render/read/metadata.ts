import type sharp from 'sharp';

/** Of what sharp says of a picture, what we go by. */
export type Metadata = Pick<
  sharp.Metadata,
  | 'format'
  | 'width'
  | 'height'
  | 'autoOrient'
  | 'orientation'
  | 'space'
  | 'depth'
  | 'isProgressive'
  | 'hasProfile'
  | 'pages'
  | 'icc'
  | 'exif'
>;
