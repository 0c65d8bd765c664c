// Asks WhatsApp for a pairing code. Baileys makes the code and does not wait for the answer, which may be a refusal.
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys'

/** `refused`: WhatsApp's code, or undefined when it did not answer. */
export type CodeAnswer = { code: string } | { refused: number | undefined }

const answerTimeoutMs = 10_000

/** `phone` is `+<E.164>`. The socket must be at the stage at which it shows QR strings; it asks for nothing else there. */
export async function askForCode(sock: WASocket, phone: string): Promise<CodeAnswer> {
  const answered = Promise.withResolvers<'accepted' | number | undefined>()
  const onAccepted = (): void => answered.resolve('accepted')
  const onError = (iq: BinaryNode): void => answered.resolve(errorCodeOf(iq))
  const timer = setTimeout(() => answered.resolve(undefined), answerTimeoutMs)
  sock.ws.on('CB:iq,,link_code_companion_reg', onAccepted)
  sock.ws.on('CB:iq,type:error', onError)
  try {
    const code = await sock.requestPairingCode(phone.slice(1))
    const answer = await answered.promise
    return answer === 'accepted' ? { code } : { refused: answer }
  } finally {
    clearTimeout(timer)
    sock.ws.off('CB:iq,,link_code_companion_reg', onAccepted)
    sock.ws.off('CB:iq,type:error', onError)
  }
}

function errorCodeOf({ content }: BinaryNode): number | undefined {
  const error = Array.isArray(content) ? content.find(({ tag }) => tag === 'error') : undefined
  const code = Number(error?.attrs.code)
  return Number.isInteger(code) ? code : undefined
}
