// Secrets of a tenant's endpoints, sealed again under the current master key. Deleted ones too: their rows stay.
import { webhookEndpoint } from '@wagate/db/webhook-endpoint.ts'
import { type MasterKey, openSecret } from '@wagate/runtime/seal.ts'
import { and, eq, ne } from 'drizzle-orm'
import type { InTenant } from '../postgres/in-tenant.ts'
import { sealForEndpoint } from './secret.ts'

const endpoint = webhookEndpoint

/** One transaction; a secret that its owner replaces meanwhile stays as its owner wants it. */
export const resealSecrets = (inTenant: InTenant, master: MasterKey, tenantId: string) =>
  inTenant(tenantId, async (tx) => {
    const ours = eq(endpoint.tenantId, tenantId)
    const rows = await tx
      .select()
      .from(endpoint)
      .where(and(ours, ne(endpoint.secretKekId, master.id)))
      .for('update')
    const failed: string[] = []
    for (const row of rows) {
      const sealed = {
        kekId: row.secretKekId,
        iv: row.secretIv,
        ciphertext: row.secretCiphertext,
        tag: row.secretTag,
      }
      let secret: string
      try {
        secret = openSecret(master, `${tenantId}|${row.endpointId}`, sealed)
      } catch {
        failed.push(row.endpointId)
        continue
      }
      const { kekId, iv, ciphertext, tag } = sealForEndpoint(master, tenantId, row.endpointId, secret)
      await tx
        .update(endpoint)
        .set({ secretKekId: kekId, secretIv: iv, secretCiphertext: ciphertext, secretTag: tag })
        .where(and(ours, eq(endpoint.endpointId, row.endpointId)))
    }
    const current = await tx.$count(endpoint, and(ours, eq(endpoint.secretKekId, master.id)))
    const rewrapped = rows.length - failed.length
    return { rewrapped, current: current - rewrapped, failed }
  })
