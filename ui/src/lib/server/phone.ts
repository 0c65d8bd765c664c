// What a virtual phone shows, for its screen.
import type { Client } from '@wagate/api/client.ts'
import type { PhoneMessage } from '@wagate/api/sandbox.ts'

const pageSize = 100
/** A screen shows the newest; more than this is not read. */
const mostPages = 20
const mostShown = 200

/** Oldest first. */
export async function screenOf(api: Client, phoneId: string): Promise<PhoneMessage[]> {
  let shown: PhoneMessage[] = []
  let cursor: string | null = '0'
  for (let page = 0; page < mostPages && cursor !== null; page++) {
    const { data, next_cursor }: { data: PhoneMessage[]; next_cursor: string | null } = await api.listPhoneMessages(
      phoneId,
      { limit: pageSize, cursor },
    )
    shown = [...shown, ...data].slice(-mostShown)
    cursor = next_cursor
  }
  return shown
}
