import type { Variant } from '../../lambda/thumbnail/model/variant';

/** The default variant, with what a test wants otherwise. */
export function variant(changes: Partial<Variant> = {}): Variant {
  return {
    prefix: 'miniaturas/',
    suffix: '',
    width: 200,
    height: 200,
    fit: 'inside',
    position: 'centre',
    format: 'jpeg',
    background: '#ffffff',
    animated: false,
    ...changes,
  };
}
