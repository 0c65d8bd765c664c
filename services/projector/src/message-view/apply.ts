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

const write = upsert(messageView, ['tenant_id', 'message_id', 'created_at'], {
  state: state('excluded'),
  ...Object.fromEntries(
    [...steps, 'sent_at', 'failed_at', 'error_code', 'error_detail'].map((name) => [name, firstOf(name, 'excluded')]),
  ),
})

const progress = recordset(
  `${recordType(messageView, ['tenant_id', 'session_id', 'message_id', 'created_at', 'wa_message_id', 'state', 'stream_seq', ...steps]).slice(0, -1)}, at timestamptz)`,
)
// No guard by stream_seq: a receipt that comes twice changes nothing, and one that comes late may still fill a gap.
const move = `update message_view v set state = ${state('r')}, stream_seq = greatest(v.stream_seq, r.stream_seq),
  ${steps.map((name) => `${name} = ${firstOf(name, 'r')}`).join(', ')} from ${progress}`
const moveById = `${move} where v.tenant_id = r.tenant_id and v.message_id = r.message_id and v.created_at = r.created_at`
/** WhatsApp gives up on a message after 30 days; older partitions need not be searched. */
const moveByWaId = `${move} where v.tenant_id = r.tenant_id and v.session_id = r.session_id
  and v.wa_message_id = r.wa_message_id and v.created_at > r.at - interval '32 days'`

export async function applyMessages(sql: TransactionSql, messages: Messages): Promise<void> {
  const rows = [...messages.rows.values()]
  if (rows.length > 0) await sql.unsafe(write, [jsonOf(rows)], { prepare: true })
  const told = [...messages.progress.values()]
  const apply = async (text: string, some: MessageProgress[]): Promise<void> => {
    if (some.length > 0) await sql.unsafe(text, [jsonOf(some)], { prepare: true })
  }
  const byId = told.filter((one) => one.message_id !== null)
  const byWaId = told.filter((one) => one.message_id === null)
  await Promise.all([apply(moveById, byId), apply(moveByWaId, byWaId)])
}
