// One POST of a message, over connections that stay open.
import { Pool } from 'undici'
import type { Target } from './calls.ts'
import { placeOf, textOf } from './texts.ts'

const connections = 64

export type Posted = { status: number; id: string }

export type Poster = {
  /** Never rejects: a request without an answer has status 0. */
  post: (n: number) => Promise<Posted>
  close: () => Promise<void>
}

export function createPoster({ url, apiKey, sessionIds, contacts, tag }: Target): Poster {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  return {
    async post(n) {
      const { session, contact } = placeOf(n, sessionIds.length, contacts.length)
      const path = `/v1/sessions/${sessionIds[session]}/messages`
      const body = JSON.stringify({ to: contacts[contact], type: 'text', text: { body: textOf(tag, n) } })
      try {
        const answer = await pool.request({ path, method: 'POST', headers, body })
        const text = await answer.body.text()
        return { status: answer.statusCode, id: /"id":"([^"]+)"/.exec(text)?.[1] ?? '' }
      } catch {
        return { status: 0, id: '' }
      }
    },
    close: () => pool.close(),
  }
}
