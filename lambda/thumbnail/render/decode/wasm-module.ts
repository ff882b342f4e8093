import { readFile } from 'node:fs/promises';

/** The types of WebAssembly belong to the browser's library, which this project does not load. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

/**
 * A package's WebAssembly, compiled once for all threads. What failed is tried again at the next need.
 *
 * @param name as for `require`
 */
export function wasmModule(name: string): () => Promise<object> {
  let compiled: Promise<object> | undefined;
  return async () => {
    compiled ??= readFile(require.resolve(name)).then(bytes => WebAssembly.compile(bytes));
    try {
      return await compiled;
    } catch (cause) {
      compiled = undefined;
      throw cause;
    }
  };
}
