import { inflateSync } from 'node:zlib'
import { type BinaryNode, decodeDecompressedBinaryNode } from '@whiskeysockets/baileys'
import * as dictionary from '@whiskeysockets/baileys/lib/WABinary/constants.js'

export { encodeBinaryNode as encodeNode } from '@whiskeysockets/baileys'

const compressedFlag = 2

/** Decodes one decrypted frame. Baileys' own decoder is asynchronous for compressed frames; this one keeps frames in order. */
export function decodeNode(frame: Buffer): BinaryNode {
  const flags = frame[0] ?? 0
  const body = frame.subarray(1)
  return decodeDecompressedBinaryNode((flags & compressedFlag) === 0 ? body : inflateSync(body), dictionary)
}
