import type { Outcome } from './outcome';

/** The answer to an event that came without a queue, as the console's test button shows it: a line a source. */
export interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

/** Says in Spanish what became of each source; 422 tells that one of them cannot have a thumbnail. */
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
      return `Miniatura de ${key} no generada: ${outcome.detail}`;
  }
}
