/** A width and a height in px. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
