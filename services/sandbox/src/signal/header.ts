/** The cleartext header of a Signal message: which ratchet chain it belongs to and its number in it. */
export type SignalHeader = { ratchetKey: string; counter: number }

const fieldOf = { ratchetKey: 1, counter: 2, innerMessage: 4 } as const

/** Reads the header of a `msg` or of the message inside a `pkmsg`; undefined when the bytes are neither. */
export function readSignalHeader(type: string | undefined, ciphertext: Uint8Array): SignalHeader | undefined {
  // One version byte before the protobuf; the inner message ends with eight bytes of MAC, which no known field covers.
  const outer = Buffer.from(ciphertext)
  const inner = type === 'pkmsg' ? fieldsOf(outer.subarray(1)).get(fieldOf.innerMessage) : outer
  if (!(inner instanceof Buffer)) return undefined
  const fields = fieldsOf(inner.subarray(1, -8))
  const ratchetKey = fields.get(fieldOf.ratchetKey)
  const counter = fields.get(fieldOf.counter) ?? 0
  if (!(ratchetKey instanceof Buffer) || typeof counter !== 'number') return undefined
  return { ratchetKey: ratchetKey.toString('base64'), counter }
}

/** The varint and bytes fields of a protobuf message; stops at the first thing it does not know. */
function fieldsOf(message: Buffer): Map<number, number | Buffer> {
  const fields = new Map<number, number | Buffer>()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; at < message.length; factor *= 128) {
      const byte = message[at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) break
    }
    return value
  }
  while (at < message.length) {
    const tag = varint()
    const wireType = tag & 7
    if (wireType !== 0 && wireType !== 2) break
    const value = varint()
    fields.set(tag >>> 3, wireType === 0 ? value : message.subarray(at, at + value))
    if (wireType === 2) at += value
  }
  return fields
}
