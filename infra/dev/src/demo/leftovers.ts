// What the last demo left for its user to play with. The next one takes it away, so that demos do not pile up.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@wagate/api/client.ts'
import { writePrivately } from '../stack/secrets.ts'

export type Belongings = { apiKey: string; sessions: string[]; phones: string[]; webhooks: string[] }

const file = (dir: string): string => join(dir, 'demo.json')

/** Written as things are made, so that a demo that was interrupted is cleared away too. Holds a test key: mode 0600. */
export const remember = (dir: string, belongings: Belongings): void =>
  writePrivately(file(dir), `${JSON.stringify(belongings, undefined, 2)}\n`)

/** What the last demo remembered; undefined when there was none. */
export function recall(dir: string): Belongings | undefined {
  if (!existsSync(file(dir))) return undefined
  try {
    return JSON.parse(readFileSync(file(dir), 'utf8'))
  } catch {
    return undefined
  }
}

/** Deletes it all. What is gone already, or cannot be reached, is no failure. */
export async function clearAway(baseUrl: string, { apiKey, sessions, phones, webhooks }: Belongings): Promise<void> {
  const client = createClient({ baseUrl, apiKey })
  await Promise.allSettled([
    ...webhooks.map((id) => client.deleteWebhook(id)),
    ...sessions.map((id) => client.deleteSession(id)),
    ...phones.map((id) => client.deletePhone(id)),
  ])
}
