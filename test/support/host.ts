/** This machine's CPU in Lambda's words: layers for it can be loaded here. */
export const HOST_ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x86_64';
