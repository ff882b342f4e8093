/** Amazon Linux 2023, on which Lambda's runtimes stand, has glibc 2.34. https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html */
const AL2023_GLIBC = 34;

/** Amazon Linux 2, on which Python up to 3.11 stands, has 2.26. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const AL2_GLIBC = 26;
const LAST_MINOR_ON_AL2 = 11;

const PYTHON = /^python3\.(\d+)$/;

/** The minor version of glibc 2 that all of these runtimes of Lambda have. */
export function glibcMinor(runtimes: readonly string[]): number {
  const onAl2 = runtimes.some(name => Number(PYTHON.exec(name)?.[1]) <= LAST_MINOR_ON_AL2);
  return onAl2 ? AL2_GLIBC : AL2023_GLIBC;
}

/**
 * The version of Python that a layer's wheels are for, as in `3.14`. A wheel with native code is for one.
 *
 * @throws Error unless the runtimes are one of Python
 */
export function pythonVersion(runtimes: readonly string[]): string {
  const [name = '', ...others] = runtimes;
  const minor = PYTHON.exec(name)?.[1];
  if (minor !== undefined && others.length === 0) return `3.${minor}`;
  throw new Error(
    `Expected one runtime of Python for layer.runtimes but received ${runtimes.join(', ') || 'none'}.`,
  );
}
