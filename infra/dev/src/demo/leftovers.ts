// What the last demo left for its user to play with. The next one takes it away, so that demos do not pile up.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@wagate/api/client.ts'
import { z } from 'zod'
import { writePrivately } from '../stack/secrets.ts'

const ids = z.array(z.string())
const belongings = z.object({
  account: z.object({ email: z.string(), password: z.string(), apiKey: z.string() }),
  sessions: ids,
  phones: ids,
  webhooks: ids,
})
export type Belongings = z.infer<typeof belongings>

const file = (dir: string): string => join(dir, 'demo.json')

/** Written as things are made, so that a demo that was interrupted is cleared away too. Holds a password and a test key: mode 0600. */
export const remember = (dir: string, made: Belongings): void =>
  writePrivately(file(dir), `${JSON.stringify(made, undefined, 2)}\n`)

/** What the last demo remembered; undefined when there was none. */
export function recall(dir: string): Belongings | undefined {
  if (!existsSync(file(dir))) return undefined
  try {
    return belongings.parse(JSON.parse(readFileSync(file(dir), 'utf8')))
  } catch {
    return undefined
  }
}

/** Deletes it all. What is gone already, or cannot be reached, is no failure. */
export async function clearAway(baseUrl: string, { account, sessions, phones, webhooks }: Belongings): Promise<void> {
  const client = createClient({ baseUrl, apiKey: account.apiKey })
  await Promise.allSettled([
    ...webhooks.map((id) => client.deleteWebhook(id)),
    ...sessions.map((id) => client.deleteSession(id)),
    ...phones.map((id) => client.deletePhone(id)),
  ])
}
