// Chapter two: a session shows a QR code, Ada's phone scans it, the session is connected.
import type { Session } from '@wagate/api/session.ts'
import { drawQr } from './qr.ts'
import { answerWithinMs, eventWithinMs, type Keep, type People, type Stage } from './stage.ts'
import { waitUntil } from './wait-until.ts'

export async function link(stage: Stage, { ada }: People, keep: Keep, colour: boolean): Promise<Session> {
  const { steps, client, feed, screen, monotonicMs } = stage

  const created = await steps.run(
    {
      where: 'api',
      what: 'POST /v1/sessions',
      expected: 'a session',
      look: ['gateway', 'nats'],
      withinMs: answerWithinMs,
    },
    async () => {
      const session = await client.createSession({ name: 'demo' })
      keep({ session: session.id })
      return { value: session, detail: session.id }
    },
  )
  const isOurs = (event: { session_id: string }): boolean => event.session_id === created.id

  await steps.run(
    {
      where: 'event',
      what: 'session.qr_issued',
      expected: 'a worker takes the session and the sandbox offers it a QR code',
      look: ['worker', 'sandbox', 'nats'],
      withinMs: eventWithinMs,
    },
    async (signal) => ({ value: undefined, atMs: (await feed.next('session.qr_issued', isOurs, signal)).atMs }),
  )

  const qr = await steps.run(
    {
      where: 'api',
      what: 'GET /v1/sessions/{id}/qr',
      expected: 'the QR string',
      look: ['gateway', 'worker'],
      withinMs: answerWithinMs,
    },
    async (signal) => ({ value: (await waitUntil(() => client.getQr(created.id), signal)).qr }),
  )
  const drawn = await drawQr(qr, colour)
  screen.block(drawn.every(screen.fits) ? drawn : ['(The terminal is too narrow to draw the QR code.)'])

  await steps.run(
    {
      where: 'Ada',
      what: 'scans the QR code',
      expected: 'the phone accepts the code and links the session',
      look: ['sandbox', 'worker'],
      withinMs: eventWithinMs,
    },
    async () => {
      const atMs = monotonicMs()
      await client.scanWithPhone(ada.id, { qr })
      return { value: undefined, atMs, detail: ada.number }
    },
  )
  for (const type of ['session.paired', 'session.connected'] as const) {
    await steps.run(
      {
        where: 'event',
        what: type,
        expected: 'the linked session logs in',
        look: ['worker', 'sandbox'],
        withinMs: eventWithinMs,
      },
      async (signal) => {
        const { data, atMs } = await feed.next(type, isOurs, signal)
        return { value: undefined, atMs, detail: data.data.account.phone ?? '' }
      },
    )
  }

  return steps.run(
    {
      where: 'api',
      what: 'GET /v1/sessions/{id}',
      expected: 'status connected',
      look: ['gateway', 'worker'],
      withinMs: answerWithinMs,
    },
    async (signal) => {
      const isConnected = async (): Promise<Session | undefined> => {
        const session = await client.getSession(created.id)
        return session.status === 'connected' ? session : undefined
      }
      return { value: await waitUntil(isConnected, signal), detail: 'connected' }
    },
  )
}
