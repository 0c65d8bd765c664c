// What of a response may be kept and shown to people: text, without what a terminal or the database would choke on.
import type { IncomingHttpHeaders } from 'node:http'

const textual = /^(text\/|application\/([\w.-]+\+)?(json|xml)\b|application\/(problem|javascript))/i

/** Null when there is none, or when it is no text. A character that the end cuts in two is left out. */
export function readableText(headers: IncomingHttpHeaders, beginning: Buffer): string | null {
  const { 'content-type': type, 'content-encoding': encoding = 'identity' } = headers
  if (beginning.length === 0 || encoding !== 'identity' || (type !== undefined && !textual.test(type))) return null
  const text = new TextDecoder('utf-8').decode(beginning, { stream: true })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '\ufffd') || null
}
