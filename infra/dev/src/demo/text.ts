// How text looks on a terminal: its width in columns, cut to fit, and never able to steer the terminal.
import { stripVTControlCharacters } from 'node:util'

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const wide =
  /^[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|\uFE0F/u

const widthOf = (grapheme: string): number => (wide.test(grapheme) ? 2 : 1)

/** Columns that a line takes: CJK and emoji take two. */
export function columnsOf(line: string): number {
  let columns = 0
  for (const { segment } of graphemes.segment(stripVTControlCharacters(line))) columns += widthOf(segment)
  return columns
}

/** One line of at most `columns`: line breaks become spaces, other control characters vanish, what is too long ends in …. */
export function oneLine(text: string, columns: number): string {
  const clean = stripVTControlCharacters(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
  if (columnsOf(clean) <= columns) return clean
  let line = ''
  let taken = 0
  for (const { segment } of graphemes.segment(clean)) {
    taken += widthOf(segment)
    if (taken > columns - 1) break
    line += segment
  }
  return `${line}…`
}

/** The text in quotation marks, in at most `columns`. */
export const quoted = (text: string, columns: number): string => `“${oneLine(text, columns - 2)}”`

export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)))

/** Breaks at spaces into lines of at most `columns`; a longer word keeps a line of its own. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && columnsOf(longer) > columns) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
