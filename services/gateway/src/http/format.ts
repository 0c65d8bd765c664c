// In which of the formats that are offered an answer comes (RFC 9110, 12.5.1).
import { parseAccept } from 'hono/utils/accept'
import { DomainError } from './problem.ts'

/** What comes when all are equally welcome is first. */
type Offered<Format extends string> = Readonly<Record<Format, string>>

type Range = ReturnType<typeof parseAccept>[number]
type Fit = { quality: number; closeness: number }

/**
 * The format that `Accept` welcomes most; among those that it welcomes alike, the one that it names most exactly. `offered` maps formats
 * to their media types. Throws `not-acceptable`; `what` begins its sentence: "Usage comes".
 */
export function formatOf<Format extends string>(
  accept: string | undefined,
  offered: Offered<Format>,
  what: string,
): Format {
  const ranges = parseAccept(accept?.trim() || '*/*')
  const formats = Object.keys(offered) as Format[]
  const [best] = formats
    .map((format) => ({ format, ...fitOf(offered[format], ranges) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality || b.closeness - a.closeness)
  if (best) return best.format
  const types = Object.values<string>(offered)
  throw new DomainError('not-acceptable', `${what} as ${types.join(' or ')}: name one of them in Accept.`)
}

/** By the range that says most about the type, whatever others say. */
function fitOf(type: string, ranges: readonly Range[]): Fit {
  const spellings = [type, type.replace(/\/.*/, '/*'), '*/*']
  for (const [n, spelling] of spellings.entries()) {
    const range = ranges.find((one) => one.type.toLowerCase() === spelling)
    if (range) return { quality: range.q, closeness: spellings.length - n }
  }
  return { quality: 0, closeness: 0 }
}
