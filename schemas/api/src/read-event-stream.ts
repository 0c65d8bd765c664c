// text/event-stream → messages, as the HTML standard says: small, so that the client needs no EventSource (which cannot
// send an Authorization header).

export type StreamMessage = {
  /** The last id seen so far, also on a message that carried none itself. */
  id: string | undefined
  event: string
  data: string
}

/** Longest line that is read, in UTF-16 code units; more is not one of our events. */
const maxLineLength = 4_000_000

/** Parses a stream of bytes. `onId` also hears ids that come without data: they only move the place to resume from. */
export async function* readEventStream(
  bytes: AsyncIterable<Uint8Array>,
  onId: (id: string) => void = () => {},
): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder()
  let rest = ''
  let id: string | undefined
  let event = 'message'
  let data: string[] = []
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true })
    if (rest.length > maxLineLength) throw new RangeError('a line of the event stream is too long')
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end).replace(/\r$/, '')
      rest = rest.slice(end + 1)
      if (line === '') {
        if (id !== undefined) onId(id)
        if (data.length > 0) yield { id, event, data: data.join('\n') }
        event = 'message'
        data = []
        continue
      }
      const colon = line.indexOf(':')
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'id') id = value
      else if (field === 'event') event = value
      else if (field === 'data') data.push(value)
    }
  }
}
