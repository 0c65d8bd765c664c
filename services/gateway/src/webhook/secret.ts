// The signing secret of an endpoint: made here, shown once, sealed at rest.
import { type MasterKey, type Sealed, sealSecret } from '@wagate/runtime/seal.ts'

/** `whsec_` and 32 bytes in base64, as Standard Webhooks has it. */
export const newSecret = (randomBytes: (size: number) => Uint8Array): string =>
  `whsec_${Buffer.from(randomBytes(32)).toString('base64')}`

/** Bound to its row: the webhooks service opens it with the same words. */
export const sealForEndpoint = (master: MasterKey, tenantId: string, endpointId: string, secret: string): Sealed =>
  sealSecret(master, `${tenantId}|${endpointId}`, secret)
