// From nothing to a first message in seconds, over HTTP alone: signs up, follows the link of the mail, links a virtual phone to a session and
// writes to the phone that every new account has. GATEWAY_URL is the API; MAIL_URL the development stack's mail server, where a person would
// look into an inbox.
import { randomUUID } from 'node:crypto'
import { createClient } from '@wagate/api/client.ts'
import { createPeopleClient } from '@wagate/api/people-client.ts'

const { GATEWAY_URL: baseUrl = 'http://127.0.0.1:8080', MAIL_URL: mailUrl = 'http://127.0.0.1:8025' } = process.env
const startedAtMs = performance.now()
const say = (text: string) =>
  console.log(`${((performance.now() - startedAtMs) / 1_000).toFixed(2).padStart(5)} s  ${text}`)

/** Asks again until there is something to tell. */
async function until<Found>(what: string, ask: () => Promise<Found | undefined>): Promise<Found> {
  for (const endMs = performance.now() + 60_000; performance.now() < endMs; ) {
    const found = await ask()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited a minute for ${what}`)
}

const anyone = createPeopleClient({ baseUrl })
const email = `ada.${randomUUID().slice(0, 8)}@example.com`
const password = 'vier tische neben dem ofen'
await anyone.signUp({ email, password, name: 'Ada', company: 'Trattoria Ada' })
say(`signed up as ${email}`)

const link = await until('the mail', async () => {
  const { mails } = (await (await fetch(`${mailUrl}/mails?to=${email}`)).json()) as { mails: { links: string[] }[] }
  return mails[0]?.links[0]
})
const token = decodeURIComponent(new URL(link).hash.replace('#token=', ''))
const { tenant, api_key: apiKey, phone: friend } = await anyone.verifyEmail({ token, password })
if (!tenant || !apiKey || !friend) throw new Error('nothing was made for the new customer: is the sandbox up?')
say(`${tenant.name} has a test key, and the phone ${friend.number} to write to`)

const wagate = createClient({ baseUrl, apiKey })
const session = await wagate.createSession({ name: 'my shop' })
const own = await wagate.createPhone({ name: 'my shop' })
await until('a QR code', () => wagate.scanWithPhone(own.id, { session_id: session.id }).catch(() => undefined))
await until('the session', async () =>
  (await wagate.getSession(session.id)).status === 'connected' ? 'connected' : undefined,
)
say(`the session ${session.id} is linked to ${own.number}`)

await wagate.sendMessage(session.id, { to: friend.number, type: 'text', text: { body: 'hello' } })
const received = await until('the message', async () => (await wagate.listPhoneMessages(friend.id)).data[0])
say(`${friend.number} received "${received.text}"`)
