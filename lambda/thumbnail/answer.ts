import type { Outcome } from './model/outcome';
import type { Reason } from './model/rendering';

/** The answer to an event that came without a queue, as the console's test button shows it: a line a source. */
export interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

/** The outcome of each source in Spanish; status 422 if one of them was rejected. */
export function answer(sources: readonly { readonly key: string; readonly outcome: Outcome }[]): Answer {
  const rejected = sources.some(({ outcome }) => outcome.outcome === 'rejected');
  return {
    statusCode: rejected ? 422 : 200,
    body: sources.map(({ key, outcome }) => line(key, outcome)).join('\n'),
  };
}

function line(key: string, outcome: Outcome): string {
  switch (outcome.outcome) {
    case 'created':
      return `Miniatura de ${key} generada con éxito.`;
    case 'removed':
      return `Miniatura de ${key} eliminada: el original ya no existe.`;
    case 'skipped':
      return `Miniatura de ${key} omitida: no es un original.`;
    case 'rejected':
      return `Miniatura de ${key} no generada: ${BECAUSE[outcome.reason]}.`;
  }
}

const BECAUSE: Readonly<Record<Reason, string>> = {
  unsupported: 'el archivo no es una imagen que se pueda leer',
  damaged: 'la imagen está dañada y no se puede mostrar',
  'too large': 'la imagen, o su miniatura, supera un límite de tamaño o de memoria',
  empty: 'el archivo está vacío',
  'took too long': 'generarla tarda más de lo permitido',
  'key too long': 'su clave sería más larga de lo que S3 admite',
  'key taken': 'en su clave hay un objeto que no es una miniatura',
};
