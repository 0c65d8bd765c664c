import { z } from 'zod'
import { callApi } from './nats-api.ts'
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
