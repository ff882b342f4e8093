import type { Decoder } from '../../model/rendering';
import type { Size } from '../../model/size';
import type { Copyright } from '../read/copyright';
import type { Header } from '../read/header';
import type { Frame } from '../scale/frame';

/** A decoded source, with what is known of the bytes that it came from. */
export interface Decoded {
  readonly source: Uint8Array;
  readonly header: Header;
  readonly frame: Frame;
  /** Of the whole picture, upright, in px; the frame may be smaller already. */
  readonly whole: Size;
  readonly damaged: boolean;
  readonly copyright: Copyright;
  readonly decoder: Decoder;
  readonly maxPixels: number;
  readonly seconds: number;
}
