import { messageView } from '@wagate/db/message-view.ts'
import { messageStates } from '@wagate/messages/events.ts'
import type { TransactionSql } from 'postgres'
import { jsonOf, recordset, recordType, upsert } from '../recordset.ts'
import type { MessageProgress, Messages } from './project.ts'

const rank = (state: string): string => `array_position('{${messageStates.join(',')}}', ${state})`
/** The higher state; `received` has no rank and stays. */
const state = (told: string): string =>
  `case when ${rank(`${told}.state`)} > ${rank('v.state')} then ${told}.state else v.state end`
const firstOf = (column: string, told: string): string => `coalesce(v.${column}, ${told}.${column})`
const steps = ['delivered_at', 'read_at', 'played_at'] as const
const once = ['sent_at', 'failed_at', 'cancelled_at', 'expired_at', 'error_code', 'error_detail'] as const

/** Writes rows of `message_view`. */
export const writeMessages = (parameter: number): string =>
  upsert(messageView, ['tenant_id', 'message_id', 'created_at'], parameter, {
    state: state('excluded'),
    ...Object.fromEntries([...steps, ...once].map((name) => [name, firstOf(name, 'excluded')])),
  })

const told = ['tenant_id', 'session_id', 'message_id', 'created_at', 'wa_message_id', 'state', 'stream_seq', ...steps]

// No guard by stream_seq: a receipt that comes twice changes nothing, and one that comes late may still fill a gap.
const move = (parameter: number): string =>
  `update message_view v set state = ${state('r')}, stream_seq = greatest(v.stream_seq, r.stream_seq),
   ${steps.map((name) => `${name} = ${firstOf(name, 'r')}`).join(', ')} from ${recordset(recordType(messageView, told), parameter)}`

/** Moves on rows that are there. The two parameters that follow bound their `created_at`: other partitions are not read. */
export const moveMessages = (parameter: number): string =>
  `${move(parameter)} where v.tenant_id = r.tenant_id and v.message_id = r.message_id and v.created_at = r.created_at
   and v.created_at between $${parameter + 1}::timestamptz and $${parameter + 2}::timestamptz`

export function moveParameters(messages: Messages): (string | null)[] {
  const rows = [...messages.progress.values()].filter((one) => one.message_id !== null)
  const times = rows.flatMap((one) => one.created_at ?? []).sort()
  return [jsonOf(rows), times.at(0) ?? null, times.at(-1) ?? null]
}

const moveByWaId = `${move(1)} where v.tenant_id = r.tenant_id and v.session_id = r.session_id
  and v.wa_message_id = r.wa_message_id and v.created_at > $2::timestamptz - interval '32 days'`

/** Receipts that name WhatsApp's id only. WhatsApp gives up on a message after 30 days: older ones are not searched. */
export async function applyForeignReceipts(sql: TransactionSql, messages: Messages): Promise<void> {
  const rows = [...messages.progress.values()].filter((one): one is MessageProgress => one.message_id === null)
  const [earliest] = rows.map((one) => one.at).sort()
  if (earliest !== undefined) await sql.unsafe(moveByWaId, [jsonOf(rows), earliest])
}
