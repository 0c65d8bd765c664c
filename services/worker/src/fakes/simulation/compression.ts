// Zstandard in the turn that asks for it: what threads do takes real time, and a simulation has none.
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Compression } from '../../log/snapshot-codec.ts'

export const atOnce: Compression = {
  compress: async (plain) => zstdCompressSync(plain),
  decompress: async (compressed, options) => zstdDecompressSync(compressed, options),
}
