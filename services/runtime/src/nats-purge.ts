import { z } from 'zod'
import { callApi, errorCodes, isRefusal } from './nats-api.ts'
import type { NatsLink } from './nats-link.ts'

/** See `Broker.purgeSubject`. */
export async function purgeSubject(
  link: NatsLink,
  stream: string,
  subject: string,
  { beforeSeq }: { beforeSeq: number },
): Promise<number> {
  if (beforeSeq <= 1) return 0 // 0 would mean "all of it" to the server
  const answer = await callApi(
    link,
    `STREAM.PURGE.${stream}`,
    { filter: subject, seq: beforeSeq },
    z.object({ purged: z.number() }),
  )
  return answer.purged
}

/** See `Broker.purgeAll`. */
export async function purgeAll(link: NatsLink, stream: string, subject: string): Promise<number> {
  const answer = await callApi(link, `STREAM.PURGE.${stream}`, { filter: subject }, z.object({ purged: z.number() }))
  return answer.purged
}

/** See `Broker.deleteMessage`. */
export async function deleteMessage(link: NatsLink, stream: string, seq: number): Promise<boolean> {
  try {
    await callApi(link, `STREAM.MSG.DELETE.${stream}`, { seq }, z.object({ success: z.literal(true) }))
    return true
  } catch (error) {
    // One number for every reason; these mean that it is gone, or never was.
    const isGone = error instanceof Error && /no message found|EOF|deleted/.test(error.message)
    if (isGone && isRefusal(error, errorCodes.deleteFailed)) return false
    throw error
  }
}
