// Programs to copy: each sends one message and needs nothing but what every machine has.
export type Sending = { apiUrl: string; apiKey: string; sessionId: string; to: string; text: string }

const bodyOf = ({ to, text }: Sending) => ({ to, type: 'text', text: { body: text } })

/** For a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

export const curlFor = (sending: Sending): string =>
  [
    `curl -X POST ${quoted(`${sending.apiUrl}/v1/sessions/${sending.sessionId}/messages`)}`,
    `-H ${quoted(`Authorization: Bearer ${sending.apiKey}`)}`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(JSON.stringify(bodyOf(sending)))}`,
  ].join(' \\\n  ')

export const typescriptFor = (sending: Sending): string => `const response = await fetch(
  ${JSON.stringify(`${sending.apiUrl}/v1/sessions/${sending.sessionId}/messages`)},
  {
    method: 'POST',
    headers: {
      authorization: ${JSON.stringify(`Bearer ${sending.apiKey}`)},
      'content-type': 'application/json',
    },
    body: JSON.stringify(${JSON.stringify(bodyOf(sending))}),
  },
)
console.log(response.status, await response.json())`
