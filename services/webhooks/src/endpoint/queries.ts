import { webhookEndpoint } from '@wagate/db/webhook-endpoint.ts'
import { type MasterKey, openSecret } from '@wagate/runtime/seal.ts'
import type { Sql } from 'postgres'
import { signingKey } from '../attempt/sign.ts'
import { type Endpoint, endpointKey, type Mode } from './endpoint.ts'

type Row = {
  tenant_id: string
  endpoint_id: string
  url: string
  mode: Mode
  event_types: string[]
  secret_iv: Uint8Array
  secret_ciphertext: Uint8Array
  secret_tag: Uint8Array
  secret_kek_id: string
}

const columns = Object.values({
  tenantId: webhookEndpoint.tenantId,
  endpointId: webhookEndpoint.endpointId,
  url: webhookEndpoint.url,
  mode: webhookEndpoint.mode,
  eventTypes: webhookEndpoint.eventTypes,
  secretIv: webhookEndpoint.secretIv,
  secretCiphertext: webhookEndpoint.secretCiphertext,
  secretTag: webhookEndpoint.secretTag,
  secretKekId: webhookEndpoint.secretKekId,
}).map((column) => column.name)

/** Opens the secrets as it reads; `onUnreadable` is told of those that another master key sealed. */
export type EndpointReader = {
  sql: Sql
  master: MasterKey
  onUnreadable(endpoint: string, error: unknown): void
}

export async function allEndpoints(reader: EndpointReader): Promise<Endpoint[]> {
  const { sql } = reader
  const rows = await sql<Row[]>`select ${sql(columns)} from webhook_endpoint where enabled and deleted_at is null`
  return rows.map((row) => read(reader, row))
}

/** Undefined when it is disabled, deleted or was never there. */
export async function oneEndpoint(
  reader: EndpointReader,
  tenantId: string,
  endpointId: string,
): Promise<Endpoint | undefined> {
  const { sql } = reader
  const [row] = await sql<Row[]>`select ${sql(columns)} from webhook_endpoint
    where tenant_id = ${tenantId} and endpoint_id = ${endpointId} and enabled and deleted_at is null`
  return row && read(reader, row)
}

/** Nothing more goes there, until its owner enables it again. */
export async function disableGoneEndpoint(sql: Sql, tenantId: string, endpointId: string): Promise<void> {
  await sql`update webhook_endpoint set enabled = false, disabled_reason = 'gone', updated_at = now()
    where tenant_id = ${tenantId} and endpoint_id = ${endpointId} and enabled`
}

function read({ master, onUnreadable }: EndpointReader, row: Row): Endpoint {
  const endpoint = {
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    url: row.url,
    mode: row.mode,
    eventTypes: row.event_types,
  }
  try {
    const sealed = {
      kekId: row.secret_kek_id,
      iv: row.secret_iv,
      ciphertext: row.secret_ciphertext,
      tag: row.secret_tag,
    }
    return { ...endpoint, key: signingKey(openSecret(master, endpointKey(endpoint), sealed)) }
  } catch (error) {
    onUnreadable(endpoint.endpointId, error)
    return { ...endpoint, key: undefined }
  }
}
