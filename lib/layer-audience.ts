/** Other accounts, or all accounts of an organization. */
export type LayerAudience =
  | { readonly accounts: readonly string[] }
  /** Its id, such as `o-a1b2c3d4e5`. */
  | { readonly organization: string };

/**
 * The principals of a layer version's permissions, one permission each.
 *
 * @throws Error on what is neither an account nor an organization; `*` alone would open the layer to everyone
 */
export function principals(
  audience: LayerAudience | undefined,
): { readonly principal: string; readonly organizationId?: string }[] {
  if (audience === undefined) return [];
  if ('organization' in audience) {
    const organizationId = expect(/^o-[a-z0-9]{10,32}$/, 'the id of an organization', audience.organization);
    return [{ principal: '*', organizationId }];
  }
  return [...new Set(audience.accounts)].map(account => ({
    principal: expect(/^\d{12}$/, 'the 12 digits of an account', account),
  }));
}

function expect(form: RegExp, what: string, value: string): string {
  if (form.test(value)) return value;
  throw new Error(`Expected ${what} for shareWith but received ${JSON.stringify(value)}.`);
}
