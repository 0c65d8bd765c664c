// The only file that builds keys of the object store. The tenant comes right after the kind, so that all of a tenant's objects of a kind
// lie under one prefix.

const token = /^[A-Za-z0-9_-]{1,64}$/

function t(value: string): string {
  if (!token.test(value)) throw new RangeError('not a token of an object key')
  return value
}

export const exportKey = ({ tenantId, jobId }: { tenantId: string; jobId: string }): string =>
  `exports/${t(tenantId)}/${t(jobId)}.zip`

/** Under which everything of a tenant lies. */
export const prefixesOfTenant = (tenantId: string): string[] =>
  ['sessions', 'exports', 'media'].map((kind) => `${kind}/${t(tenantId)}/`)
