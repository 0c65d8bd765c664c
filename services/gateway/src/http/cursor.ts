// Keyset cursors: where a page ended, signed for one tenant and one list, so that nobody can craft a position.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Page } from '@wagate/api/paging.ts'
import { DomainError } from './problem.ts'

/** The last row of a page: its sort key as text, and its id. */
export type Position = { key: string; id: string }

export type Cursors = {
  /** `list` names tenant, mode, list and filters: a cursor is good for exactly that. */
  encode(list: readonly string[], position: Position): string
  /** Throws `invalid-cursor` for what was not encoded for this list. */
  decode(list: readonly string[], cursor: string): Position
}

export function createCursors(secret: string): Cursors {
  const sign = (list: readonly string[], payload: string) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([...list, payload]))
      .digest()
      .subarray(0, 16)
  return {
    encode(list, { key, id }) {
      const payload = Buffer.from(JSON.stringify([1, key, id])).toString('base64url')
      return `${payload}.${sign(list, payload).toString('base64url')}`
    },
    decode(list, cursor) {
      const [payload = '', signature = ''] = cursor.split('.')
      const given = Buffer.from(signature, 'base64url')
      const expected = sign(list, payload)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused()
      const parsed: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
      if (!Array.isArray(parsed) || parsed[0] !== 1) throw refused()
      return { key: String(parsed[1]), id: String(parsed[2]) }
    },
  }
}

const refused = () =>
  new DomainError(
    'invalid-cursor',
    'Pass `next_cursor` of the page before unchanged, with the same filters, or leave the cursor out to start again.',
    {
      errors: [{ path: 'cursor', message: 'Pass `next_cursor` of the page before unchanged, with the same filters.' }],
    },
  )

/** Cuts `limit + 1` rows, read to see whether there are more, into a page. */
export function pageOf<Item>(
  rows: readonly { item: Item; position: Position }[],
  limit: number,
  { cursors, list }: { cursors: Cursors; list: readonly string[] },
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    data: shown.map(({ item }) => item),
    next_cursor: last && rows.length > limit ? cursors.encode(list, last.position) : null,
  }
}
