/** CPUs that Lambda offers, in the words of CloudFormation's `Architectures`. */
export const ARCHITECTURES = ['arm64', 'x86_64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** Node's, and so npm's, word for each CPU. */
export const NPM_CPU = { arm64: 'arm64', x86_64: 'x64' } as const satisfies Record<Architecture, string>;
