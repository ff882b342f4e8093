/** CPUs that Lambda offers, by the names of CloudFormation's `Architectures`. */
export const ARCHITECTURES = ['arm64', 'x86_64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** The name of each CPU in Node and npm. */
export const NPM_CPU = { arm64: 'arm64', x86_64: 'x64' } as const satisfies Record<Architecture, string>;
