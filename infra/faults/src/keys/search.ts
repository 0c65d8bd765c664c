// Finds keys in text however they may have been printed: hex, base64 at any alignment, lists of numbers, Node's own ways to show
// bytes. Candidates are decoded and slid over, so a key inside something larger, or the first half of one, is found too.
import type { PrivateKey } from './private-keys.ts'

export type Leak = { key: string; as: string; line: number }

const windowBytes = 8
/** Windows looked for: the beginning, and the middle for text that was cut at the front. */
const windowsAt = [0, 16]

export function createKeySearch(keys: readonly PrivateKey[]): (text: string) => Leak[] {
  const byStart = new Map<number, { name: string; window: Buffer }[]>()
  for (const { name, bytes } of keys) {
    for (const at of windowsAt) {
      const window = Buffer.from(bytes.subarray(at, at + windowBytes))
      const start = window.readUInt32BE(0)
      byStart.set(start, [...(byStart.get(start) ?? []), { name, window }])
    }
  }
  const within = (bytes: Buffer): string | undefined => {
    for (let at = 0; at + windowBytes <= bytes.length; at++) {
      const known = byStart.get(bytes.readUInt32BE(at))
      const hit = known?.find(({ window }) => window.equals(bytes.subarray(at, at + windowBytes)))
      if (hit) return hit.name
    }
    return undefined
  }
  return (text) =>
    text.split('\n').flatMap((line, index) =>
      readings.flatMap(({ as, read }) => {
        for (const bytes of read(line)) {
          const key = within(bytes)
          if (key !== undefined) return [{ key, as, line: index + 1 }]
        }
        return []
      }),
    )
}

type Reading = { as: string; read: (line: string) => Iterable<Buffer> }

const numbers = (text: string): Buffer => Buffer.from((text.match(/\d+/g) ?? []).map(Number).filter((n) => n < 256))

const readings: readonly Reading[] = [
  {
    as: 'hex',
    *read(line) {
      for (const [run] of line.matchAll(/[0-9a-f]{16,}/gi)) {
        yield Buffer.from(run.slice(0, run.length - (run.length % 2)), 'hex')
        yield Buffer.from(run.slice(1, run.length - ((run.length - 1) % 2)), 'hex')
      }
    },
  },
  {
    as: 'separated hex', // <Buffer 01 02 …>, 01:02:…, \x01\x02, 0x01, 0x02
    *read(line) {
      for (const [run] of line.matchAll(/(?:(?:\\{0,2}x|0x)?[0-9a-f]{2}[ :,-]{0,2}){8,}/gi))
        yield Buffer.from(run.replaceAll(/\\*x|0x|[^0-9a-f]/gi, ''), 'hex')
    },
  },
  {
    as: 'base64',
    *read(line) {
      for (const [run] of line.matchAll(/[A-Za-z0-9+/_-]{12,}/g))
        for (let skipped = 0; skipped < 4; skipped++) yield Buffer.from(run.slice(skipped), 'base64')
    },
  },
  {
    as: 'a list of numbers',
    *read(line) {
      for (const [run] of line.matchAll(/\d{1,3}(?:\s*,\s*\d{1,3}){7,}/g)) yield numbers(run)
    },
  },
  {
    as: 'an object of numbers', // {"0":1,"1":2, …}, what JSON.stringify makes of a Uint8Array
    *read(line) {
      for (const [run] of line.matchAll(/(?:\\*"\d+\\*"\s*:\s*\d{1,3}\s*,?\s*){8,}/g))
        yield numbers(run.replaceAll(/\\*"\d+\\*"\s*:/g, ''))
    },
  },
]
