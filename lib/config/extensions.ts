/** What sharp reads, the most frequent first: S3's rules may not suffice for every spelling of the last ones. */
export const SHARP_EXTENSIONS = words(`jpg jpeg jpe jfif png webp gif tif tiff avif svg`);

/** What ImageMagick reads besides. */
export const MAGICK_EXTENSIONS = words(`
  heic heif hif bmp dib ico cur psd psb jp2 j2k jpf jpx jxl tga qoi
  dng cr2 cr3 nef nrw arw orf rw2 raf pef srw
`);

/** Further ones of formats that are read (render/read/sniff.ts), too rare to take S3's rules from others. */
export const RARE_SHARP_EXTENSIONS = words('jfi jif mpo apng svgz');
export const RARE_MAGICK_EXTENSIONS = words(`
  heics heifs jpc j2c jpm exr hdr dds sgi rgb rgba bw ras sun pcx xcf jng pnm pbm pgm ppm pam ff fits fit fts dpx cin dcm
  dicom vda icb vst 3fr crw dcr erf fff gpr iiq k25 kdc mef mos mrw raw rwl sr2 srf x3f
`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
