// What is left to say when it worked: how long it took, and how to go on.
import type { Session } from '@wagate/api/session.ts'
import type { Account } from './account.ts'
import type { ReplyTimes } from './reply.ts'
import type { Screen } from './screen.ts'
import type { SendTimes } from './send.ts'
import type { People } from './stage.ts'

export type Ending = {
  baseUrl: string
  /** Where people open it. */
  dashboard: string
  account: Account
  people: People
  session: Session
  sent: SendTimes
  replied: ReplyTimes
}

const ms = (from: number, to: number): string => `${Math.max(0, Math.round(to - from)).toLocaleString('en-GB')} ms`

export function tellEnding(
  screen: Screen,
  { baseUrl, dashboard, account, people, session, sent, replied }: Ending,
): void {
  const { askedAtMs, acceptedAtMs, sentAtMs, deliveredAtMs } = sent
  const { writtenAtMs, eventAtMs, webhookAtMs, listedAtMs } = replied
  const there = [
    `accepted ${ms(askedAtMs, acceptedAtMs)}`,
    `sent ${ms(askedAtMs, sentAtMs)}`,
    `delivered ${ms(askedAtMs, deliveredAtMs)}`,
  ]
  const back = [
    `event ${ms(writtenAtMs, eventAtMs)}`,
    `webhook ${ms(writtenAtMs, webhookAtMs)}`,
    `listed ${ms(writtenAtMs, listedAtMs)}`,
  ]
  screen.say()
  screen.entry('there', there.join(' · '))
  screen.entry('back', back.join(' · '))

  screen.say()
  screen.entry('docs', `${baseUrl}/docs`)
  screen.entry('session', `${session.id}, linked to Ada`)
  screen.entry('phones', `Ada ${people.ada.number}, Ben ${people.ben.number}`)
  screen.entry('logs', 'make logs')
  screen.entry('stop', 'make down')

  screen.say()
  screen.say(`Your test key, and a message to Ben from you:`)
  screen.say()
  for (const line of curlOf(baseUrl, account.apiKey, session.id, people.ben.number)) screen.say(line)
  screen.say()
  screen.say('See it all in the dashboard:')
  screen.say()
  screen.entry('address', screen.paint(dashboard, 'bold'))
  screen.entry('e-mail', account.email)
  screen.entry('password', account.password)
  screen.say()
}

/** Lines of less than 80 columns for a shell, to be copied as they are. */
export function curlOf(baseUrl: string, apiKey: string, sessionId: string, to: string): string[] {
  return [
    `KEY=${apiKey}`,
    'curl -H "Authorization: Bearer $KEY" \\',
    `  ${baseUrl}/v1/sessions/${sessionId}/messages \\`,
    `  --json '{"to":"${to}","type":"text","text":{"body":"hi"}}'`,
  ]
}
