/** The values of a template's references. */
export interface Scope {
  /** The value of `Ref`, pseudo parameters (`AWS::Region`) included. */
  ref(logicalId: string): string;
  /** The value of `Fn::GetAtt`. */
  attribute(logicalId: string, name: string): string;
}

/**
 * Replaces the intrinsic functions in a value of a template by their values.
 *
 * @returns the same structure without entries of `AWS::NoValue`
 * @throws Error on an intrinsic function that the local cloud does not know
 */
export function resolveIntrinsics(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map(item => resolveIntrinsics(item, scope)).filter(item => item !== undefined);
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (name && entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
    return resolveFunction(name, argument, scope);
  }
  return Object.fromEntries(
    entries
      .map(([key, item]) => [key, resolveIntrinsics(item, scope)] as const)
      .filter(([, item]) => item !== undefined),
  );
}

function resolveFunction(name: string, argument: unknown, scope: Scope): unknown {
  if (name === 'Fn::Sub') return substitute(argument, scope);
  const resolved = resolveIntrinsics(argument, scope);
  switch (name) {
    case 'Ref':
      return resolved === 'AWS::NoValue' ? undefined : scope.ref(String(resolved));
    case 'Fn::GetAtt': {
      const [logicalId = '', ...attribute] = Array.isArray(resolved) ? resolved : String(resolved).split('.');
      return scope.attribute(logicalId, attribute.join('.'));
    }
    case 'Fn::Join': {
      const [separator, parts] = resolved as [string, unknown[]];
      return parts.join(separator);
    }
    case 'Fn::Select': {
      const [index, list] = resolved as [number | string, unknown[]];
      return list[Number(index)];
    }
    case 'Fn::Split': {
      const [separator, text] = resolved as [string, string];
      return text.split(separator);
    }
    default:
      throw new Error(
        `Expected an intrinsic function that the local cloud knows but received ${name} in the template.`,
      );
  }
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [
    string,
    Record<string, unknown>,
  ];
  return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (name in variables) return String(resolveIntrinsics(variables[name], scope));
    const [logicalId = '', ...attribute] = name.split('.');
    return attribute.length ? scope.attribute(logicalId, attribute.join('.')) : scope.ref(logicalId);
  });
}
