// What somebody typed to find a chat → which chats that means.
import { chatView } from '@wagate/db/chat-view.ts'
import { or, type SQL, sql } from 'drizzle-orm'

/** As people write numbers: `+49 (30) 12-34`. */
const number = /^[+\d\s().-]*\d[+\d\s().-]*$/

/** The digits, if it can be part of a phone number at all. */
export const digitsOf = (q: string): string | undefined => (number.test(q) ? q.replaceAll(/\D/g, '') : undefined)

/** As LIKE takes it literally. */
const literally = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

export function matches(q: string): SQL | undefined {
  const digits = digitsOf(q)
  return or(
    sql`${chatView.name} collate pg_c_utf8 ilike ${`%${literally(q)}%`}`, // the database's own letters are those of ASCII
    digits === undefined ? undefined : sql`${chatView.phone} like ${`%${digits}%`}`,
  )
}
