// Whom an erasure is about. WhatsApp names a person by phone number, by LID, or by both; a chat that knows both tells the other name.
import type { Sql } from 'postgres'
import { z } from 'zod'

const params = z.object({ names: z.array(z.string().regex(/^(\+\d{5,20}|\d{1,24}@lid)$/)).min(1) })

/** What was asked for; undefined when nothing was. */
export function namesParam(given: unknown): string[] | undefined {
  const parsed = params.safeParse(given)
  return parsed.success ? parsed.data.names : undefined
}

/** The given names, and those that chats have beside them. */
export async function namesOf(
  sql: Sql,
  tenantId: string,
  given: readonly string[],
  sessions: readonly string[] | undefined,
): Promise<string[]> {
  const rows = await sql<{ phone: string | null; lid: string | null }[]>`
    select phone, lid from chat_view where tenant_id = ${tenantId} and (phone = any (${[...given]}) or lid = any (${[...given]}))
      and (${sessions === undefined} or session_id = any (${[...(sessions ?? [])]}))`
  return [...new Set([...given, ...rows.flatMap(({ phone, lid }) => [phone, lid]).filter((name) => name !== null)])]
}

/** Whether a text of JSON has one of the names as a whole value: `+9991` is not in `"+99912"`. */
export function mentions(names: readonly string[]): (text: string) => boolean {
  const quoted = names.map((name) => JSON.stringify(name))
  return (text) => quoted.some((name) => text.includes(name))
}
